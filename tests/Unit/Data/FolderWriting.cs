using System.Text;

namespace Scenograph.Tests.Unit.Data;

/// <summary>Puts files into a test's folder.</summary>
internal static class FolderWriting
{
    /// <returns>The file's path.</returns>
    public static string Write(this TemporaryFolder folder, string name, ReadOnlySpan<byte> bytes)
    {
        var path = folder.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <inheritdoc cref="Write(TemporaryFolder, string, ReadOnlySpan{byte})"/>
    public static string Write(this TemporaryFolder folder, string name, string text) => folder.Write(name, Encoding.UTF8.GetBytes(text));
}
