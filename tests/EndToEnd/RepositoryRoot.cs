namespace Scenograph.Tests.EndToEnd;

/// <summary>Where the checkout lies, found upwards from the test assembly.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Scenograph.slnx")))
            {
                return folder.FullName;
            }
        }
        throw new InvalidOperationException("there is no Scenograph.slnx above the test assembly");
    }
}
