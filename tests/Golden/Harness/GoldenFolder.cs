using Scenograph.Torch;

namespace Scenograph.Tests.Golden.Harness;

/// <summary>Where the cases lie.</summary>
public static class GoldenFolder
{
    /// <summary>The folder named by SCENOGRAPH_GOLDEN, or this repository's own tests/Golden/data.</summary>
    /// <exception cref="InputException">There is no such folder.</exception>
    public static string Find()
    {
        var named = Environment.GetEnvironmentVariable("SCENOGRAPH_GOLDEN");
        if (!string.IsNullOrEmpty(named))
        {
            return Directory.Exists(named) ? Path.GetFullPath(named) : throw new InputException($"SCENOGRAPH_GOLDEN: there is no folder {named}.");
        }

        return FindUpwards(Path.Combine("tests", "Golden", "data"))
            ?? throw new InputException("tests/Golden/data is not above this program; name the folder of cases with SCENOGRAPH_GOLDEN.");
    }

    /// <summary>The first folder of this relative path beside the program or in a folder above it.</summary>
    public static string? FindUpwards(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, relative);
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>The json files of all cases, ordered by model and name.</summary>
    /// <param name="folder">One subfolder a model, or a model's own folder.</param>
    /// <param name="model">Restricts to one model's folder; null or empty for all.</param>
    public static IReadOnlyList<string> Cases(string folder, string? model = null) =>
        [.. Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
            .Where(path => string.IsNullOrEmpty(model) || Path.GetFileName(Path.GetDirectoryName(path)) == model)
            .Order(StringComparer.Ordinal)];
}
