namespace Scenograph.Tests.Unit;

/// <summary>Files of the checkout by their path from its root.</summary>
internal static class RepositoryFiles
{
    public static string Root { get; } = FindRoot();

    /// <param name="relative">Such as <c>docs/recipes.md</c>.</param>
    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>The file's text with <c>\n</c> at the ends of lines.</summary>
    public static string Read(string relative) => File.ReadAllText(PathOf(relative)).ReplaceLineEndings("\n");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Scenograph.slnx")))
            {
                return folder.FullName;
            }
        }
        throw new InvalidOperationException($"there is no Scenograph.slnx above {AppContext.BaseDirectory}");
    }
}
