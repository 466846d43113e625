namespace Scenograph.Tests.Unit;

/// <summary>The small files that lie beside the tests in the checkout.</summary>
internal static class TestFiles
{
    /// <param name="relative">Relative to tests/Unit, e.g. <c>Images/data/cmyk.jpg</c>.</param>
    public static string PathOf(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder != null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "tests", "Unit", relative);
            if (File.Exists(path) || Directory.Exists(path))
            {
                return path;
            }
        }
        throw new FileNotFoundException($"tests/Unit/{relative} is in no folder above {AppContext.BaseDirectory}");
    }

    public static byte[] Read(string relative) => File.ReadAllBytes(PathOf(relative));
}
