using Scenograph.Estimators;

namespace Scenograph.Experiments.Toy;

/// <summary>Experiment 01 of Borea 2021: the Bernoulli toy problem of the REBAR and RELAX papers as a categorical variable of two classes.</summary>
public sealed class ToyReplication : ToyExperiment
{
    /// <inheritdoc/>
    public override string Name => "toy-replication";

    /// <inheritdoc/>
    public override string Description => "Repeat the toy problem of the REBAR and RELAX papers with two classes: losses and variances over the steps.";

    /// <inheritdoc/>
    public override int? Steps => 10_000;

    /// <inheritdoc/>
    public override IReadOnlyList<EstimatorKind> Estimators => [EstimatorKind.Reinforce, EstimatorKind.Rebar, EstimatorKind.Relax, EstimatorKind.Exact];

    private protected override IReadOnlyList<double> Target => [0.499, 0.501];
}
