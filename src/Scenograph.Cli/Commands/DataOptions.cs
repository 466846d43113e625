using System.CommandLine;
using Scenograph.Data;
using Scenograph.Data.Folders;
using Scenograph.Torch;
using Scenograph.Training.Recipes;

namespace Scenograph.Cli.Commands;

/// <summary>Options that say which scenes are meant.</summary>
internal static class DataOptions
{
    public static Option<string?> Root() => new("--root")
    {
        Description = $"Folder that holds the data sets (default: those of {DataRoots.Variable}, then ool_data and data).",
        HelpName = "folder",
    };

    public static Option<long?> Seed() => CommonOptions.Number<long>("--seed", "n", "Seed of generated scenes (default 0).", least: 0);

    public static Option<string[]> Set()
    {
        var set = CommonOptions.Set();
        set.Description = "How generated scenes look, e.g. sprites.size=32; may be given several times.";
        return set;
    }

    /// <param name="spec">The data spec.</param>
    /// <param name="split">train, val or test.</param>
    /// <param name="root">Folder of the data sets, or null.</param>
    /// <param name="set"><c>key=value</c> texts.</param>
    /// <param name="seed">Seed of generated scenes, or null.</param>
    /// <param name="count">At most so many scenes, or null.</param>
    /// <exception cref="InputException">There is no such data set.</exception>
    public static IDataSet Open(string spec, string split, string? root, string[]? set, long? seed, int? count)
    {
        if (seed > int.MaxValue)
        {
            throw new InputException($"--seed is {seed}; the seed of generated scenes is at most {int.MaxValue}");
        }
        var options = RecipeReader.DataOptions(set ?? []);
        options = options with { Seed = (int?)seed ?? options.Seed, Count = count ?? options.Count };
        return DataSets.Open(spec, SplitNames.Parse(split), DataRoots.Default(root), options);
    }
}
