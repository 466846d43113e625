using System.Globalization;

namespace Scenograph.Evaluation;

/// <summary>Results as text, ready to be drawn as a table.</summary>
/// <param name="Title">What the rows are.</param>
/// <param name="Columns">Headings.</param>
/// <param name="Rows">As many cells a row as there are headings.</param>
public sealed record EvaluationTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    internal static EvaluationTable OfMetrics(EvaluationSummary summary) => new(
        $"{summary.Images} scenes",
        ["metric", "mean", "std over scenes", "undefined", "mean of defined"],
        [.. summary.Rows.Select(row => (IReadOnlyList<string>)
        [
            row.Name, Text(row.Mean), Text(row.Deviation), Text(row.Undefined), row.Undefined > 0 ? Text(row.MeanOfDefined) : "",
        ])]);

    internal static EvaluationTable OfBreakdown(EvaluationSummary summary, string tag)
    {
        var names = summary.MetricsOf(tag);
        var columns = names.Select(name => summary.Breakdown(tag, name).ToDictionary(mean => mean.Value)).ToArray();
        var values = names.SelectMany(name => summary.Breakdown(tag, name).Select(mean => mean.Value)).Distinct();
        return new EvaluationTable(
            $"by {tag}",
            [tag, "count", .. names],
            [.. values.Select(value => (IReadOnlyList<string>)
            [
                value,
                Text(columns.Max(column => column.TryGetValue(value, out var mean) ? mean.Count : 0)),
                .. columns.Select(column => column.TryGetValue(value, out var mean) ? Text(mean.Mean) : ""),
            ])]);
    }

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);

    /// <summary>Four decimals for shares, fewer digits for large errors.</summary>
    private static string Text(double value) => value.ToString(Math.Abs(value) < 10 ? "0.0000" : "0.00", CultureInfo.InvariantCulture);
}
