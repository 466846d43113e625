using System.CommandLine;
using Scenograph.Cli.Commands;

namespace Scenograph.Cli;

/// <summary>The list of verbs. Adding one is adding a file under Commands/ and a line here.</summary>
internal static class Root
{
    private static readonly (string Name, Func<Command> Create)[] Verbs =
    [
        ("demo", DemoCommand.Create),
        ("train", TrainCommand.Create),
        ("evaluate", EvaluateCommand.Create),
        ("decompose", DecomposeCommand.Create),
        ("traverse", TraverseCommand.Create),
        ("data", DataCommand.Create),
        ("experiment", ExperimentCommand.Create),
        ("import", ImportCommand.Create),
        ("bench", BenchCommand.Create),
        ("doctor", DoctorCommand.Create),
    ];

    /// <summary>
    /// The root with all its verbs, or with the one that is asked for: making every option of every verb would cost each start
    /// some ten milliseconds.
    /// </summary>
    public static RootCommand Create(IReadOnlyList<string> arguments)
    {
        var asked = Verbs.Where(verb => arguments.Count > 0 && verb.Name == arguments[0]).ToArray();
        var root = new RootCommand("Takes scenes apart into their objects and puts them together: trains, evaluates and serves unsupervised object-centric models.") { HelpName = "scenograph" };
        foreach (var verb in asked.Length > 0 ? asked : Verbs)
        {
            root.Add(verb.Create());
        }
        Help.Install(root);
        return root;
    }
}
