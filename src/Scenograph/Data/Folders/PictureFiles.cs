using System.Globalization;
using Scenograph.Torch;

namespace Scenograph.Data.Folders;

/// <summary>Lists picture files.</summary>
internal static class PictureFiles
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg"];

    /// <returns>PNG and JPEG files directly in the folder, by number where all names are numbers (0, 1, ... 10), else by name in ordinal order.</returns>
    public static List<string> In(string folder)
    {
        try
        {
            string[] files = [.. Directory.EnumerateFiles(folder).Where(IsPicture).Order(StringComparer.Ordinal)];
            return files.All(path => Number(path) is not null) ? [.. files.OrderBy(Number)] : [.. files];
        }
        catch (DirectoryNotFoundException exception)
        {
            throw new InputException($"{folder}: there is no such folder.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{folder}: the folder cannot be read ({exception.Message})", exception);
        }
    }

    /// <returns>Path of <paramref name="picture"/>'s mask, a PNG or .npy of the same name without extension.</returns>
    /// <exception cref="InputException">It is not there.</exception>
    public static string MaskOf(string picture, string maskFolder, HashSet<string> masks)
    {
        var name = Path.GetFileNameWithoutExtension(picture) + ".png";
        name = masks.Contains(name) || !masks.Contains(Path.ChangeExtension(name, ".npy")) ? name : Path.ChangeExtension(name, ".npy");
        return masks.Contains(name) ? Path.Combine(maskFolder, name) : throw new InputException($"{picture}: its mask {Path.Combine(maskFolder, name)} is missing.");
    }

    /// <returns>Names of the mask files in the folder; null where there is no folder.</returns>
    public static HashSet<string>? MaskNames(string folder) => Directory.Exists(folder)
        ? [.. In(folder).Concat(Directory.EnumerateFiles(folder, "*.npy")).Select(path => Path.GetFileName(path))]
        : null;

    private static int? Number(string path) =>
        int.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static bool IsPicture(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);
}
