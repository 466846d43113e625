namespace Scenograph.Reports;

/// <summary>One line of a metrics file.</summary>
/// <param name="Step">Step of the run, at least 0.</param>
/// <param name="Kind">What the numbers belong to, e.g. <c>train</c>.</param>
/// <param name="Values">Numbers by name, in the order of the line.</param>
public sealed record MetricsRecord(long Step, string Kind, IReadOnlyList<KeyValuePair<string, double>> Values);

/// <summary>All lines of a metrics file, and the curves among them.</summary>
/// <param name="Records">In the order of the file.</param>
public sealed record MetricsHistory(IReadOnlyList<MetricsRecord> Records)
{
    /// <summary>The kinds of lines there are, in the order of their first line.</summary>
    public IReadOnlyList<string> Kinds => [.. Records.Select(record => record.Kind).Distinct()];

    /// <summary>The names of numbers in lines of one kind, in the order of their first appearance.</summary>
    public IReadOnlyList<string> Names(string kind) =>
        [.. Records.Where(record => record.Kind == kind).SelectMany(record => record.Values).Select(value => value.Key).Distinct()];

    /// <summary>The values of one number over the steps; empty where there is none of that name.</summary>
    public IReadOnlyList<CurvePoint> Curve(string kind, string name)
    {
        var points = new List<CurvePoint>();
        foreach (var record in Records.Where(record => record.Kind == kind))
        {
            foreach (var (_, value) in record.Values.Where(value => value.Key == name))
            {
                points.Add(new CurvePoint(record.Step, value));
            }
        }
        return points;
    }
}
