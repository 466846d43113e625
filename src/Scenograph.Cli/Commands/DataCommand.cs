using System.CommandLine;

namespace Scenograph.Cli.Commands;

/// <summary><c>scenograph data</c>: look at data sets and make them.</summary>
internal static class DataCommand
{
    public static Command Create() => new ExampleCommand(
        "data",
        "Look at a data set, or make one.",
        "scenograph data show sprites --out scenes.png",
        "scenograph data make sprites --images 1000 --out data/my-sprites")
    {
        DataShowCommand.Create(),
        DataMakeCommand.Create(),
    };
}
