using Scenograph.Estimators;

namespace Scenograph.Experiments.Toy;

/// <summary>Experiment 02 of Borea 2021: the toy problem with three classes and all estimators.</summary>
public class ToyExperiment : ToyExperimentBase
{
    /// <inheritdoc/>
    public override string Name => "toy";

    /// <inheritdoc/>
    public override string Description => "Minimise a quadratic loss of one categorical variable with three classes: losses and variances of every estimator over the steps.";

    /// <inheritdoc/>
    public override int Repetitions => 50;

    /// <inheritdoc/>
    public override int? Steps => 5000;

    /// <inheritdoc/>
    public override IReadOnlyList<EstimatorKind> Estimators =>
        [EstimatorKind.Reinforce, EstimatorKind.Nvil, EstimatorKind.Concrete, EstimatorKind.Rebar, EstimatorKind.Relax, EstimatorKind.Exact];

    private protected virtual IReadOnlyList<double> Target => [0.34, 0.33, 0.33];

    /// <summary>The run of one estimator as published, for timing.</summary>
    public static ToyRun Published(EstimatorKind kind, int repetitions)
    {
        var experiment = new ToyExperiment();
        var settings = ExperimentSettings.Resolve(experiment, new(repetitions, Estimators: [ExperimentSettings.NameOf(kind)]));
        return experiment.Cases(settings)[0].Create(settings);
    }

    internal override IReadOnlyList<ToyCase> Cases(ExperimentSettings settings) =>
        [.. settings.Estimators.Select(kind => new ToyCase(ExperimentSettings.NameOf(kind), ExperimentSettings.LabelOf(kind), kind, settings.Options<ToyOptions>(), Target))];

    /// <inheritdoc/>
    public override ExperimentReport Draw(ExperimentSettings settings, ExperimentFolder folder)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var results = Cases(settings).Select(toy => new ToyResult(toy, toy.Load(folder))).ToList();
        return new()
        {
            Title = $"{Name}: gradient estimators on a categorical variable of {Target.Count} classes",
            Summary = FormattableString.Invariant($"{settings.Repetitions} repetitions of {settings.Steps} steps; the loss at the start is {results[0].Curves.Losses[0]:G6}, the best possible {results[0].Case.BestLoss:G6}."),
            Tables = [Summary("results", "Error, variance and time", results), Course("course", "Losses and log variances at a few steps", results)],
            Charts = [.. Charts("", results)],
            Data = [Curves("curves", results)],
            Notes = Notes(results),
        };
    }
}
