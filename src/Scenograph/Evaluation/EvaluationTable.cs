using System.Globalization;

namespace Scenograph.Evaluation;

/// <summary>Results as text, ready to be drawn as a table.</summary>
/// <param name="Title">What the rows are.</param>
/// <param name="Columns">Headings.</param>
/// <param name="Rows">As many cells a row as there are headings.</param>
public sealed record EvaluationTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    private static readonly string[] OfObjectCount =
        [MetricNames.Ari, MetricNames.AriForeground, MetricNames.MeanIou, MetricNames.MeanBestOverlap, MetricNames.Covering, MetricNames.Dice, MetricNames.CountAccuracy, MetricNames.SquaredError];

    internal static EvaluationTable OfMetrics(EvaluationSummary summary) => new(
        $"{summary.Images} scenes",
        ["metric", "mean", "std over scenes", "undefined", "mean of defined"],
        [.. summary.Rows.Select(row => (IReadOnlyList<string>)
        [
            row.Name, Text(row.Mean), Text(row.Deviation), Text(row.Undefined), row.Undefined > 0 ? Text(row.MeanOfDefined) : "",
        ])]);

    /// <summary>The published scores only where all would not fit on a screen; files have all.</summary>
    internal static EvaluationTable OfBreakdown(EvaluationSummary summary, string tag)
    {
        string[] names = [.. summary.MetricsOf(tag).Where(name => tag != TagNames.ObjectCount || OfObjectCount.Contains(name))];
        return new EvaluationTable(
            $"by {tag}",
            [tag, "count", .. names],
            [.. summary.RowsOf(tag).Select(row => (IReadOnlyList<string>)
            [
                row.Value, Text(row.Count), .. names.Select(name => row.Metrics.TryGetValue(name, out var mean) ? Text(mean) : ""),
            ])]);
    }

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);

    /// <summary>Four decimals for shares, fewer digits for large errors.</summary>
    private static string Text(double value) => value.ToString(Math.Abs(value) < 10 ? "0.0000" : "0.00", CultureInfo.InvariantCulture);
}
