namespace Scenograph.Experiments;

/// <summary>Quantiles of repetitions.</summary>
internal static class Quantiles
{
    /// <param name="sorted">At least one, ascending.</param>
    /// <param name="share">From 0 to 1; between two values in proportion.</param>
    public static double Of(IReadOnlyList<double> sorted, double share)
    {
        var place = share * (sorted.Count - 1);
        var below = (int)place;
        return sorted[below] + (place - below) * (sorted[Math.Min(below + 1, sorted.Count - 1)] - sorted[below]);
    }
}
