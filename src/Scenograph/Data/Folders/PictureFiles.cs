using Scenograph.Torch;

namespace Scenograph.Data.Folders;

/// <summary>Lists picture files.</summary>
internal static class PictureFiles
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg"];

    /// <returns>PNG and JPEG files directly in the folder, by name in ordinal order.</returns>
    public static List<string> In(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder).Where(IsPicture).Order(StringComparer.Ordinal)];
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

    /// <returns>Path of <paramref name="picture"/>'s mask, a PNG of the same name without extension.</returns>
    /// <exception cref="InputException">It is not there.</exception>
    public static string MaskOf(string picture, string maskFolder, HashSet<string> masks)
    {
        var name = Path.GetFileNameWithoutExtension(picture) + ".png";
        return masks.Contains(name) ? Path.Combine(maskFolder, name) : throw new InputException($"{picture}: its mask {Path.Combine(maskFolder, name)} is missing.");
    }

    /// <returns>Names of the PNG files in the folder; null where there is no folder.</returns>
    public static HashSet<string>? MaskNames(string folder) =>
        Directory.Exists(folder) ? [.. In(folder).Select(path => Path.GetFileName(path))] : null;

    private static bool IsPicture(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);
}
