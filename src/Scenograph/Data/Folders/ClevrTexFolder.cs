using System.Globalization;
using System.Text.RegularExpressions;
using Scenograph.Data.Formats;
using Scenograph.Torch;

namespace Scenograph.Data.Folders;

/// <summary>
/// ClevrTex (Karazija et al., 2021, arXiv 2111.10265): <c>**/CLEVRTEX_VARIANT_NNNNNN.png</c>, beside each <c>_flat.png</c>, a palette picture whose
/// indices are the labels, and <c>.json</c>. Numbers start at 0 without holes. Tenths by number: test, validation, the rest for training; of
/// <c>outd</c> everything, whatever the split.
/// </summary>
public static partial class ClevrTexFolder
{
    /// <summary>The share of the shorter side that the benchmark's centred crop keeps: 192 of 240 pixels.</summary>
    public const double CropFraction = 0.8;

    private const int MaskCount = 11;

    /// <param name="path">A folder that holds <c>clevrtex_VARIANT/</c>, or that folder itself.</param>
    /// <param name="variant">full, pbg, vbg, grassbg, camo or outd.</param>
    /// <param name="split">Which tenths.</param>
    /// <exception cref="InputException">No picture, a hole or double in the numbers, or a mask or metadata file missing.</exception>
    public static IDataSet Open(string path, string variant, Split split)
    {
        var folder = Path.Combine(path, $"clevrtex_{variant}");
        folder = Directory.Exists(folder) ? folder : path;
        var all = new PictureSet($"clevrtex_{variant}", List(folder, variant), maskCount: MaskCount);
        return variant == "outd" ? all : SplitRule.Tenths.Take(all, split);
    }

    private static List<Picture> List(string folder, string variant)
    {
        var pictures = new SortedDictionary<int, Picture>();
        foreach (var path in Files(folder))
        {
            var match = ScenePicture().Match(Path.GetFileName(path));
            if (!match.Success || match.Groups["variant"].Value != variant)
            {
                continue;
            }

            var index = int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
            var stem = path[..^".png".Length];
            var picture = new Picture(index, path, Beside(stem, "_flat.png"), null, Metadata(Beside(stem, ".json"), variant));
            if (!pictures.TryAdd(index, picture))
            {
                throw new InputException($"{path}: scene {index} is there twice, the other is {pictures[index].Path}.");
            }
        }

        if (pictures.Count == 0)
        {
            throw new InputException($"{folder}: there is no CLEVRTEX_{variant}_NNNNNN.png in it or in its sub-folders.");
        }

        var hole = Enumerable.Range(0, pictures.Count).FirstOrDefault(number => !pictures.ContainsKey(number), pictures.Count);
        return hole == pictures.Count
            ? [.. pictures.Values]
            : throw new InputException($"{folder}: CLEVRTEX_{variant}_{hole:000000}.png is missing, though scenes up to {pictures.Keys.Last()} are there; unpack the archives again.");
    }

    private static IEnumerable<string> Files(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder, "CLEVRTEX_*.png", SearchOption.AllDirectories)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{folder}: the folder cannot be read ({exception.Message})", exception);
        }
    }

    private static string Beside(string stem, string ending) =>
        File.Exists(stem + ending) ? stem + ending : throw new InputException($"{stem}.png: {Path.GetFileName(stem)}{ending} is missing beside it.");

    private static Func<SceneMetadata> Metadata(string path, string variant) => () =>
    {
        var whole = SceneFile.ParseScene(Torch.Files.InputFile.ReadAllBytes(path), path);
        return new SceneMetadata(whole.GroundMaterial, [.. whole.Objects.Select(one => Keep(one, variant))]);
    };

    // As the benchmark's reader: colour is drawn in all variants, but has an effect on the picture in vbg alone.
    private static ObjectMetadata Keep(ObjectMetadata one, string variant) => new(one.Attributes
        .Where(pair => pair.Key is "material" or "shape" or "size" or "rotation" || (pair.Key == "color" && variant == "vbg"))
        .ToDictionary(StringComparer.Ordinal));

    [GeneratedRegex(@"^CLEVRTEX_(?<variant>.+)_(?<number>[0-9]{6})\.png$", RegexOptions.CultureInvariant)]
    private static partial Regex ScenePicture();
}
