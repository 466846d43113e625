using Scenograph.Torch;

namespace Scenograph.Data.Formats;

/// <summary>Opens files that a user named.</summary>
internal static class InputFile
{
    /// <exception cref="InputException">The file is missing, is a folder, or may not be read.</exception>
    public static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path}: there is no such file.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InputException($"{path}: the file cannot be read ({exception.Message})", exception);
        }
    }
}
