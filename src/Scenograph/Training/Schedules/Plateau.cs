namespace Scenograph.Training.Schedules;

/// <summary>How a learning rate is reduced when a validation metric stops improving.</summary>
/// <param name="HigherIsBetter">Whether the metric is to grow; else it is to fall.</param>
/// <param name="Factor">Multiplier of a reduction, in (0, 1).</param>
/// <param name="Patience">Checks in a row without improvement that are forgiven; the next one reduces.</param>
/// <param name="MinimumRate">No group goes below.</param>
/// <param name="Threshold">Relative: better means below best·(1 − threshold), or above best·(1 + threshold).</param>
/// <param name="Cooldown">Checks after a reduction during which none counts as bad.</param>
/// <param name="SmallestChange">Smaller changes of a rate are skipped.</param>
/// <param name="AnyGainCounts">
/// A quirk: any gain counts as better, however small, whatever the threshold. The recorded run of the ClevrTex benchmark behaves so,
/// against the threshold that it declares and against PyTorch's own rule; the golden case sets it.
/// </param>
public sealed record PlateauOptions(
    bool HigherIsBetter = false,
    double Factor = 0.1,
    int Patience = 3,
    double MinimumRate = 5e-5,
    double Threshold = 1e-4,
    int Cooldown = 0,
    double SmallestChange = 1e-8,
    bool AnyGainCounts = false);

/// <summary>What a plateau rule remembers between validations; small enough to lie in a checkpoint.</summary>
/// <param name="Best">Best metric so far; null before the first.</param>
/// <param name="BadChecks">Checks in a row without improvement.</param>
/// <param name="CooldownLeft">Checks of the cooldown that are still to come.</param>
public sealed record PlateauState(double? Best = null, int BadChecks = 0, int CooldownLeft = 0);

/// <summary>Reduction of the learning rate on a plateau, as a pure function from state, metric and rates to state and rates.</summary>
public static class Plateau
{
    /// <param name="options">The rule.</param>
    /// <param name="state">After the previous validation.</param>
    /// <param name="metric">Of this validation; NaN never counts as better.</param>
    /// <param name="rates">Learning rate of every parameter group.</param>
    /// <returns>The state and the rates from now on.</returns>
    public static (PlateauState State, IReadOnlyList<double> Rates) Check(
        PlateauOptions options, PlateauState state, double metric, IReadOnlyList<double> rates)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(state);
        var better = IsBetter(options, state.Best, metric);
        var bad = better ? 0 : state.BadChecks + 1;
        var cooldown = state.CooldownLeft;
        if (cooldown > 0)
        {
            (bad, cooldown) = (0, cooldown - 1);
        }

        var best = better ? metric : state.Best;
        return bad > options.Patience
            ? (new PlateauState(best, 0, options.Cooldown), [.. rates.Select(rate => Reduced(options, rate))])
            : (new PlateauState(best, bad, cooldown), rates);
    }

    private static bool IsBetter(PlateauOptions options, double? best, double metric)
    {
        var threshold = options.AnyGainCounts ? 0 : options.Threshold;
        return options.HigherIsBetter
            ? metric > (best ?? double.NegativeInfinity) * (1 + threshold)
            : metric < (best ?? double.PositiveInfinity) * (1 - threshold);
    }

    private static double Reduced(PlateauOptions options, double rate)
    {
        var lower = Math.Max(rate * options.Factor, options.MinimumRate);
        return rate - lower > options.SmallestChange ? lower : rate;
    }
}
