using System.Globalization;
using Scenograph.Torch;
using Scenograph.Torch.Files;

namespace Scenograph.Evaluation;

/// <summary>Scores of a set of scenes, one by one and summed up.</summary>
public sealed class EvaluationSummary
{
    /// <param name="perImage">Scores in the order in which the scenes were measured.</param>
    public EvaluationSummary(IReadOnlyList<ImageScores> perImage)
    {
        ArgumentNullException.ThrowIfNull(perImage);
        PerImage = perImage;
        Rows = [.. Names().Select(name => MetricSummary.Of(name, Observations(name)))];
        Metrics = new OrderedDictionary<string, double>(Rows.Select(row => KeyValuePair.Create(row.Name, row.Mean)));
        Tags = [.. PresentTags()];
    }

    /// <summary>Number of scenes.</summary>
    public int Images => PerImage.Count;

    /// <summary>Scores of each scene.</summary>
    public IReadOnlyList<ImageScores> PerImage { get; }

    /// <summary>Mean of each metric by name; NaN where a scene's value is NaN, as in the original.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; }

    /// <summary>Each metric with its spread and its undefined values.</summary>
    public IReadOnlyList<MetricSummary> Rows { get; }

    /// <summary>Properties by which these results can be broken down (<see cref="TagNames"/>).</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>Which class each cluster stands for, where a model has clusters and the data classes.</summary>
    public ClusterNaming? Naming { get; init; }

    /// <summary>Mean of a metric over all scenes or objects; NaN if there are none.</summary>
    /// <param name="name">Any spelling that <see cref="MetricNames"/> knows.</param>
    public double Statistic(string name) => Metrics.GetValueOrDefault(MetricNames.Resolve(name), double.NaN);

    /// <summary>Means of a metric for each value of a property, smallest mean first, NaN last; empty if there are none.</summary>
    /// <param name="name">Any spelling that <see cref="MetricNames"/> knows.</param>
    /// <param name="tag">One of <see cref="TagNames"/>.</param>
    public IReadOnlyList<TagMean> Statistic(string name, string tag) =>
        [.. Means(name, tag).OrderBy(mean => double.IsNaN(mean.Mean)).ThenBy(mean => mean.Mean)];

    /// <summary>Means of a metric for each value of a property, by value: numbers by size, others by alphabet.</summary>
    /// <param name="tag">One of <see cref="TagNames"/>.</param>
    /// <param name="name">Any spelling that <see cref="MetricNames"/> knows.</param>
    public IReadOnlyList<TagMean> Breakdown(string tag, string name) =>
        [.. Means(name, tag).OrderBy(mean => Number(mean.Value)).ThenBy(mean => mean.Value, StringComparer.Ordinal)];

    /// <summary>The scenes or objects that share a value of a property: how many they are, and the mean of every metric that is broken down. By value, as <see cref="Breakdown"/>.</summary>
    /// <param name="tag">One of <see cref="TagNames"/>.</param>
    public IReadOnlyList<(string Value, int Count, IReadOnlyDictionary<string, double> Metrics)> RowsOf(string tag)
    {
        var rows = new OrderedDictionary<string, (int Count, OrderedDictionary<string, double> Metrics)>();
        foreach (var name in MetricsOf(tag))
        {
            foreach (var mean in Breakdown(tag, name))
            {
                var row = rows.GetValueOrDefault(mean.Value, (0, []));
                row.Metrics[name] = mean.Mean;
                rows[mean.Value] = (Math.Max(row.Count, mean.Count), row.Metrics);
            }
        }

        return [.. rows.Select(row => (row.Key, row.Value.Count, (IReadOnlyDictionary<string, double>)row.Value.Metrics)).OrderBy(row => Number(row.Key))];
    }

    /// <summary>Names of the metrics that <paramref name="tag"/> breaks down.</summary>
    public IReadOnlyList<string> MetricsOf(string tag) => tag switch
    {
        TagNames.ObjectCount => [.. Metrics.Keys.Where(name => !IsOfObjects(name))],
        TagNames.GroundMaterial => [MetricNames.GroundError, MetricNames.GroundIou],
        _ => [MetricNames.ObjectError, MetricNames.ObjectIou],
    };

    /// <summary>The summary as a table for people, one row a metric.</summary>
    public EvaluationTable ToTable() => EvaluationTable.OfMetrics(this);

    /// <summary>A breakdown as a table for people, one row a value of the property.</summary>
    /// <param name="tag">One of <see cref="Tags"/>.</param>
    public EvaluationTable ToTable(string tag) => EvaluationTable.OfBreakdown(this, tag);

    /// <summary>Writes summary, breakdowns and all scenes as JSON; NaN becomes null.</summary>
    /// <param name="path">The file.</param>
    /// <param name="setting">What was measured; null: nothing is said of it.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public void WriteJson(string path, EvaluationSetting? setting = null) => AtomicFile.Write(path, stream => EvaluationJson.Write(this, setting, stream));

    /// <summary>Writes summary and breakdowns as CSV: metric, tag, value, mean, mean of the defined values, count, undefined.</summary>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public void WriteCsv(string path) => AtomicFile.Write(path, stream => EvaluationCsv.WriteSummary(this, stream));

    /// <summary>Writes one row a scene as CSV: index, num_objects and all metrics of a scene.</summary>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public void WriteImagesCsv(string path) => AtomicFile.Write(path, stream => EvaluationCsv.WriteImages(this, stream));

    /// <summary>Writes one row a value of a property as CSV: the value, how many scenes or objects have it, and the mean of each metric.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tag">One of <see cref="TagNames"/>.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public void WriteBreakdownCsv(string path, string tag) => AtomicFile.Write(path, stream => EvaluationCsv.WriteBreakdown(this, tag, stream));

    /// <summary>Writes one row an object as CSV: scene, label, error, IoU and attributes.</summary>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public void WriteObjectsCsv(string path) => AtomicFile.Write(path, stream => EvaluationCsv.WriteObjects(this, stream));

    private static bool IsOfObjects(string name) => name is MetricNames.ObjectError or MetricNames.ObjectIou;

    private static double Number(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.PositiveInfinity;

    private IEnumerable<string> Names()
    {
        var ofImages = PerImage.SelectMany(image => image.Values.Keys).Distinct();
        return PerImage.Any(image => image.Objects.Count > 0)
            ? ofImages.Append(MetricNames.ObjectError).Append(MetricNames.ObjectIou)
            : ofImages;
    }

    private IEnumerable<string> PresentTags()
    {
        if (PerImage.Any(image => image.ObjectCount is not null))
        {
            yield return TagNames.ObjectCount;
        }

        if (PerImage.Any(image => image.GroundMaterial is not null))
        {
            yield return TagNames.GroundMaterial;
        }

        var values = PerImage.SelectMany(image => image.Objects).SelectMany(entity => entity.Attributes)
            .Where(attribute => TagNames.ObjectAttributes.Contains(attribute.Key)).Distinct().CountBy(attribute => attribute.Key).ToDictionary();
        foreach (var attribute in TagNames.ObjectAttributes.Where(name => values.GetValueOrDefault(name) is > 0 and <= TagNames.MostValues))
        {
            yield return attribute;
        }
    }

    private IEnumerable<double> Observations(string name) =>
        IsOfObjects(name)
            ? PerImage.SelectMany(image => image.Objects).Select(entity => OfObject(entity, name))
            : PerImage.Where(image => image.Values.ContainsKey(name)).Select(image => image.Values[name]);

    private IEnumerable<TagMean> Means(string spelling, string tag)
    {
        var name = MetricNames.Resolve(spelling);
        return Tagged(name, tag)
            .GroupBy(pair => pair.Value, pair => pair.Score)
            .Select(group => TagMean.Of(group.Key, group));
    }

    private IEnumerable<(string Value, double Score)> Tagged(string name, string tag)
    {
        if (IsOfObjects(name))
        {
            return PerImage
                .SelectMany(image => image.Objects)
                .Where(entity => TagNames.ObjectAttributes.Contains(tag) && entity.Attributes.ContainsKey(tag))
                .Select(entity => (entity.Attributes[tag], OfObject(entity, name)));
        }

        Func<ImageScores, string?> valueOf = tag switch
        {
            TagNames.ObjectCount => image => image.ObjectCount?.ToString(CultureInfo.InvariantCulture),
            TagNames.GroundMaterial when name is MetricNames.GroundError or MetricNames.GroundIou => image => image.GroundMaterial,
            _ => _ => null,
        };
        return PerImage
            .Where(image => image.Values.ContainsKey(name) && valueOf(image) is not null)
            .Select(image => (valueOf(image)!, image.Values[name]));
    }

    private static double OfObject(ObjectScores entity, string name) =>
        name == MetricNames.ObjectError ? entity.SquaredError : entity.Iou;
}
