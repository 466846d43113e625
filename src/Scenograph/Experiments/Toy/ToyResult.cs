using Scenograph.Estimators;

namespace Scenograph.Experiments.Toy;

/// <summary>A case with what it measured; tables and charts share its statistics.</summary>
internal sealed class ToyResult(ToyCase toy, ToyCurves curves)
{
    public ToyCase Case => toy;

    public ToyCurves Curves => curves;

    public ToyStatistics Losses { get; } = ToyStatistics.OfLosses(curves);

    public ToyStatistics LogVariances { get; } = ToyStatistics.OfLogVariances(curves);

    /// <summary>Whether its gradient has a variance to speak of.</summary>
    public bool IsNoisy => toy.Kind != EstimatorKind.Exact;
}
