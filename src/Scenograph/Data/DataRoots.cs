using Scenograph.Torch;

namespace Scenograph.Data;

/// <summary>The folders in which data sets are looked for, the first that has a set wins.</summary>
/// <param name="Folders">Need not exist.</param>
public sealed record DataRoots(IReadOnlyList<string> Folders)
{
    /// <summary>Environment variable that names roots, separated as in PATH.</summary>
    public const string Variable = "SCENOGRAPH_DATA";

    /// <summary>Told, in one line, of work that takes minutes, such as the first opening of a large compressed file.</summary>
    public Action<string>? Notice { get; init; }

    /// <summary>What the user named, then what <see cref="Variable"/> names, then <c>./ool_data</c> and <c>./data</c>.</summary>
    /// <param name="option">Roots from the command line, separated as in PATH, or null.</param>
    public static DataRoots Default(string? option = null) =>
        new([.. Split(option), .. Split(Environment.GetEnvironmentVariable(Variable)), "./ool_data", "./data"]) { Notice = Console.Error.WriteLine };

    /// <summary>The first of the folders <paramref name="names"/> that exists under a root, or null. Roots count before names.</summary>
    public string? Find(params ReadOnlySpan<string> names)
    {
        foreach (var root in Folders)
        {
            foreach (var name in names)
            {
                var folder = Path.Combine(root, name);
                if (Directory.Exists(folder))
                {
                    return folder;
                }
            }
        }

        return null;
    }

    /// <summary>The first of the files <paramref name="names"/> that exists under a root, or null. Roots count before names.</summary>
    public string? FindFile(params ReadOnlySpan<string> names)
    {
        foreach (var root in Folders)
        {
            foreach (var name in names)
            {
                var file = Path.Combine(root, name);
                if (File.Exists(file))
                {
                    return file;
                }
            }
        }

        return null;
    }

    /// <summary>One sentence that says where which files were looked for.</summary>
    /// <param name="spec">The data set as the user named it.</param>
    /// <param name="expected">Folder and files that would be right, e.g. <c>clevrtex_full/**/CLEVRTEX_full_000000.png ...</c>.</param>
    public InputException Missing(string spec, string expected) => new(
        $"{spec}: not on this disk; expected {expected} under one of {string.Join(", ", Folders)} (further roots: the environment variable {Variable}).");

    private static string[] Split(string? paths) =>
        paths?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
