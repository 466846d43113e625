using System.Text;

namespace Scenograph.Tests.Unit.Data;

/// <summary>Puts text into a test's folder.</summary>
internal static class FolderWriting
{
    /// <returns>The file's path.</returns>
    public static string Write(this TemporaryFolder folder, string name, string text) => folder.Write(name, Encoding.UTF8.GetBytes(text));
}
