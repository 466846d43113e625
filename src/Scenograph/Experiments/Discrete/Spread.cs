namespace Scenograph.Experiments.Discrete;

/// <summary>What repetitions came to, as the published tables have it.</summary>
/// <param name="Best">Of all repetitions.</param>
/// <param name="Worst">Of all repetitions.</param>
/// <param name="Mean">Over the repetitions.</param>
internal sealed record Spread(double Best, double Worst, double Mean)
{
    /// <summary>The spread of the values that are known; null where none is.</summary>
    public static Spread? Of(IEnumerable<double?> values, bool highestIsBest)
    {
        double[] known = [.. values.OfType<double>()];
        if (known.Length == 0) return null;
        var (low, high) = (known.Min(), known.Max());
        return highestIsBest ? new(high, low, known.Average()) : new(low, high, known.Average());
    }
}
