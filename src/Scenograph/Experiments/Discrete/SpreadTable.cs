namespace Scenograph.Experiments.Discrete;

/// <summary>Something measured of every run.</summary>
/// <param name="Name">In the table's heading.</param>
/// <param name="Key">In the published tables; null for what was not published.</param>
/// <param name="HighestIsBest">Whether the best is the largest.</param>
/// <param name="Of">Its value for a run; null where it is not known.</param>
internal sealed record Measure<TResult>(string Name, string? Key, bool HighestIsBest, Func<TResult, double?> Of)
{
    /// <summary>Leave best and worst out of the table.</summary>
    public bool MeanAlone { get; init; }
}

/// <summary>Runs that differ by their seed alone, one row of a table.</summary>
/// <param name="Names">In the first columns.</param>
/// <param name="Published">Which row of which published table stands beside it.</param>
/// <param name="Results">Of each run.</param>
internal sealed record SpreadRow<TResult>(IReadOnlyList<object?> Names, PublishedKey Published, IReadOnlyList<TResult> Results);

/// <summary>Tables of best, worst and mean over repetitions, the published numbers below ours.</summary>
internal static class SpreadTable
{
    private static readonly string[] Parts = ["best", "worst", "mean"];

    /// <param name="name">Of its file.</param>
    /// <param name="title">Above it.</param>
    /// <param name="names">Headings of the columns that name a row.</param>
    /// <param name="measures">What is in it.</param>
    /// <param name="rows">At least one run each.</param>
    /// <param name="publishedRuns">Repetitions of the published experiment.</param>
    public static ExperimentTable Of<TResult>(string name, string title, IReadOnlyList<string> names, IReadOnlyList<Measure<TResult>> measures, IEnumerable<SpreadRow<TResult>> rows, int publishedRuns) => new(
        name, title,
        [.. names, "result", "runs", .. measures.SelectMany(measure => measure.MeanAlone ? [measure.Name] : Parts.Select(part => $"{measure.Name} {part}"))],
        [.. rows.SelectMany(row => Lines(row, measures, publishedRuns))]);

    private static IEnumerable<IReadOnlyList<object?>> Lines<TResult>(SpreadRow<TResult> row, IReadOnlyList<Measure<TResult>> measures, int publishedRuns)
    {
        yield return [.. row.Names, "ours", row.Results.Count, .. Cells(measures, measure => Spread.Of(row.Results.Select(measure.Of), measure.HighestIsBest))];
        object?[] published = [.. Cells(measures, measure => measure.Key is null ? null : PublishedResults.Find(row.Published, measure.Key))];
        if (published.Any(cell => cell is not null)) yield return [.. row.Names, "published", publishedRuns, .. published];
    }

    private static IEnumerable<object?> Cells<TResult>(IEnumerable<Measure<TResult>> measures, Func<Measure<TResult>, Spread?> spreadOf) =>
        measures.SelectMany(measure => spreadOf(measure) is var spread && measure.MeanAlone ? new object?[] { spread?.Mean } : [spread?.Best, spread?.Worst, spread?.Mean]);
}
