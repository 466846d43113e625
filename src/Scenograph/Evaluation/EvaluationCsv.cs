using System.Globalization;
using CsvHelper;

namespace Scenograph.Evaluation;

/// <summary>Results as CSV with a heading; numbers in full precision, undefined ones as NaN, missing ones empty.</summary>
internal static class EvaluationCsv
{
    public static void WriteSummary(EvaluationSummary summary, Stream stream) =>
        Write(stream, ["metric", "tag", "value", "mean", "mean_of_defined", "count", "undefined"], SummaryRows(summary));

    public static void WriteImages(EvaluationSummary summary, Stream stream)
    {
        string[] names = [.. summary.Metrics.Keys.Where(name => name is not (MetricNames.ObjectError or MetricNames.ObjectIou))];
        Write(stream, ["index", TagNames.ObjectCount, .. names], summary.PerImage.Select(image => (IEnumerable<string>)
        [
            Text(image.Index), image.ObjectCount is { } count ? Text(count) : "", .. names.Select(name => Value(image, name)),
        ]));
    }

    public static void WriteBreakdown(EvaluationSummary summary, string tag, Stream stream)
    {
        var names = summary.MetricsOf(tag);
        Write(stream, [tag, "count", .. names], summary.RowsOf(tag).Select(row => (IEnumerable<string>)
        [
            row.Value, Text(row.Count), .. names.Select(name => row.Metrics.TryGetValue(name, out var mean) ? Text(mean) : ""),
        ]));
    }

    public static void WriteObjects(EvaluationSummary summary, Stream stream)
    {
        string[] attributes = [.. summary.PerImage.SelectMany(image => image.Objects).SelectMany(entity => entity.Attributes.Keys).Distinct()];
        Write(
            stream,
            ["index", "label", MetricNames.ObjectError, MetricNames.ObjectIou, .. attributes],
            from image in summary.PerImage
            from entity in image.Objects
            select (IEnumerable<string>)
            [
                Text(image.Index), Text(entity.Label), Text(entity.SquaredError), Text(entity.Iou),
                .. attributes.Select(attribute => entity.Attributes.GetValueOrDefault(attribute, "")),
            ]);
    }

    private static IEnumerable<IEnumerable<string>> SummaryRows(EvaluationSummary summary)
    {
        foreach (var row in summary.Rows)
        {
            yield return [row.Name, "", "", Text(row.Mean), Text(row.MeanOfDefined), Text(row.Count), Text(row.Undefined)];
        }

        foreach (var tag in summary.Tags)
        {
            foreach (var name in summary.MetricsOf(tag))
            {
                foreach (var mean in summary.Breakdown(tag, name))
                {
                    yield return [name, tag, mean.Value, Text(mean.Mean), Text(mean.MeanOfDefined), Text(mean.Count), Text(mean.Undefined)];
                }
            }
        }
    }

    /// <summary>Rows under headings.</summary>
    public static void Write(Stream stream, IEnumerable<string> headings, IEnumerable<IEnumerable<string>> rows)
    {
        using var csv = CsvWriter.Create(stream, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
        foreach (var row in rows.Prepend(headings))
        {
            foreach (var cell in row)
            {
                csv.WriteField(cell);
            }

            csv.EndRecord();
        }
    }

    private static string Value(ImageScores image, string name) => image.Values.TryGetValue(name, out var value) ? Text(value) : "";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
