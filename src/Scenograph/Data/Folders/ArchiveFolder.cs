using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Scenograph.Torch;
using Scenograph.Torch.Files;

namespace Scenograph.Data.Folders;

/// <summary>
/// A folder of scene archives: <c>manifest_ind.json</c> ({"0": "0/0.npz", ...}) names the file of each scene; without one all <c>**/*.npz</c>
/// count, numbered by the digits at the end of their names.
/// </summary>
public static partial class ArchiveFolder
{
    /// <summary>CLEVR by scene number: test 0 to 14,999, validation to 29,999, the rest for training.</summary>
    public static SplitRule ClevrSplits { get; } = SplitRule.Sizes(test: 15_000, validation: 15_000);

    /// <summary>Sets without splits of their own: test 0 to 319 (as the literature), validation to 10,319, the rest for training.</summary>
    public static SplitRule MultiObjectSplits { get; } = SplitRule.Sizes(test: 320, validation: 10_000);

    /// <param name="name">For logs.</param>
    /// <param name="folder">Holds the archives.</param>
    /// <param name="rule">By scene number.</param>
    /// <param name="split">Which part.</param>
    /// <exception cref="InputException">The manifest is broken, or the part is empty.</exception>
    public static ArchiveSet Open(string name, string folder, SplitRule rule, Split split)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var manifest = Path.Combine(folder, "manifest_ind.json");
        var all = File.Exists(manifest) ? ReadManifest(manifest, folder) : Glob(folder);
        if (all.Count == 0)
        {
            throw new InputException($"{folder}: there is neither manifest_ind.json nor an .npz or .tfrecords file.");
        }

        var (start, end) = rule.Range(all.Keys.Last() + 1, split);
        (int, string)[] part = [.. all.Where(pair => pair.Key >= start && pair.Key < end).Select(pair => (pair.Key, pair.Value))];
        return part.Length > 0
            ? new ArchiveSet(name, part)
            : throw new InputException($"{folder}: no scene has a number of the split {SplitNames.Of(split)} ({start} to {end - 1}); its numbers are {all.Keys.First()} to {all.Keys.Last()}.");
    }

    private static SortedDictionary<int, string> ReadManifest(string path, string folder)
    {
        Dictionary<string, string>? entries;
        try
        {
            entries = JsonSerializer.Deserialize<Dictionary<string, string>>(InputFile.ReadAllBytes(path));
        }
        catch (JsonException exception)
        {
            throw new InputException($"{path}: not an object of scene numbers and file names ({OneLine.Of(exception.Message)})", exception);
        }

        var files = new SortedDictionary<int, string>();
        foreach (var (number, file) in entries ?? [])
        {
            if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || file is null || index == int.MaxValue)
            {
                throw new InputException($"{path}: '{number}' is not the number of a scene with a file.");
            }

            files[index] = Path.Combine(folder, file);
        }

        return files;
    }

    private static SortedDictionary<int, string> Glob(string folder)
    {
        var files = new SortedDictionary<int, string>();
        foreach (var path in Directory.EnumerateFiles(folder, "*.npz", SearchOption.AllDirectories))
        {
            var digits = LastDigits().Match(Path.GetFileNameWithoutExtension(path)).Value;
            if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index == int.MaxValue)
            {
                throw new InputException($"{path}: the name does not end in the number of a scene.");
            }

            if (!files.TryAdd(index, path))
            {
                throw new InputException($"{path}: scene {index} is there twice, the other is {files[index]}.");
            }
        }

        return files;
    }

    [GeneratedRegex("[0-9]+$", RegexOptions.CultureInvariant)]
    private static partial Regex LastDigits();
}
