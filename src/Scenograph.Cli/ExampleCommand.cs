using System.CommandLine;

namespace Scenograph.Cli;

/// <summary>A command whose help shows how it is used.</summary>
/// <param name="name">The verb.</param>
/// <param name="description">What it does, as a sentence.</param>
/// <param name="examples">Whole command lines, the commonest first.</param>
internal sealed class ExampleCommand(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Whole command lines, the commonest first.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;
}
