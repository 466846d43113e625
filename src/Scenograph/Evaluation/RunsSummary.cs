namespace Scenograph.Evaluation;

/// <summary>A metric over several runs of one experiment, as the benchmark's tables give it.</summary>
/// <param name="Name">The metric.</param>
/// <param name="Mean">Mean of the runs' means.</param>
/// <param name="Deviation">Population standard deviation (ddof 0) of the runs' means.</param>
/// <param name="Runs">Number of runs.</param>
public sealed record RunsSummary(string Name, double Mean, double Deviation, int Runs)
{
    /// <returns>One row for each metric that all runs have.</returns>
    public static IReadOnlyList<RunsSummary> Of(IReadOnlyList<EvaluationSummary> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        if (runs.Count == 0)
        {
            return [];
        }

        return [.. runs[0].Metrics.Keys
            .Where(name => runs.All(run => run.Metrics.ContainsKey(name)))
            .Select(name => Of(name, [.. runs.Select(run => run.Metrics[name])]))];
    }

    private static RunsSummary Of(string name, double[] means)
    {
        var mean = means.Average();
        return new RunsSummary(name, mean, Math.Sqrt(means.Average(value => (value - mean) * (value - mean))), means.Length);
    }
}
