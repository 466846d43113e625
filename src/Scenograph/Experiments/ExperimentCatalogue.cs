using Scenograph.Experiments.Discrete;
using Scenograph.Experiments.Toy;
using Scenograph.Torch;
using Scenograph.Training.Recipes;

namespace Scenograph.Experiments;

/// <summary>All experiments by name. Adding one is adding its file and a line here.</summary>
public static class ExperimentCatalogue
{
    private static readonly Experiment[] Entries =
    [
        new ToyReplication(),
        new ToyExperiment(),
        new ToyHyperparameters(),
        new EstimatorVariance(),
        new DVaeExperiment(transformed: false),
        new DVaeExperiment(transformed: true),
        new OverClustering(),
        new AirVsDair(),
    ];

    /// <summary>Every experiment.</summary>
    public static IReadOnlyList<Experiment> All => Entries;

    /// <summary>The experiment of a name.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public static Experiment Find(string name) => Entries.FirstOrDefault(experiment => experiment.Name == name)
        ?? throw new InputException($"{Spelling.Quote(name)} is not an experiment; {Spelling.Suggest(name, [.. Entries.Select(experiment => experiment.Name)])}");
}
