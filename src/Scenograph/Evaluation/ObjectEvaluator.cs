using System.Globalization;
using Scenograph.Data;

namespace Scenograph.Evaluation;

/// <summary>
/// What can be measured of things whose number, boxes or clusters a model gives itself, where the data set tells the truth: whether it counts
/// right, how well its boxes lie, and whether the clusters are classes. True and found things of a scene are paired by the intersection over
/// union of their boxes; the one thing of a picture without boxes needs no pairing. What is not known is left out, never taken for wrong.
/// </summary>
/// <param name="classes">Names of the classes in the data; empty where they are not known.</param>
/// <param name="clusters">K, or 0 where the model gives no clusters.</param>
/// <param name="rule">How clusters get their classes.</param>
public sealed class ObjectEvaluator(IReadOnlyList<string> classes, int clusters, NamingRule rule = NamingRule.Published)
{
    private readonly Dictionary<string, int> classIndex = classes.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i, StringComparer.Ordinal);
    private readonly List<OrderedDictionary<string, double>> values = [];
    private readonly List<(int Scene, int Cluster, int Class)> pairs = [];

    /// <summary>Measures a batch.</summary>
    /// <exception cref="ArgumentException">An array's length and the batch's sizes differ.</exception>
    public void Add(EvaluationBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Check();
        for (var scene = 0; scene < batch.BatchSize; scene++)
        {
            var measured = new OrderedDictionary<string, double>();
            values.Add(measured);
            if (batch.Metadata?[scene]?.Objects is not { } truth) continue;
            if (batch.PredictedCounts is { } counts) measured[MetricNames.OwnCountAccuracy] = counts[scene] == truth.Count ? 1 : 0;
            var boxes = truth.Select(BoxOf).ToArray();
            int[] foundOf;
            if (batch.PredictedBoxes is not null && boxes.All(box => box is not null))
            {
                foundOf = Pair(batch, scene, boxes!, measured);
            }
            else if (truth.Count == 1 && batch.Components == 1)
            {
                foundOf = [0];
            }
            else
            {
                continue;
            }

            if (batch.PredictedClusters is not { } predicted) continue;
            for (var i = 0; i < truth.Count; i++)
            {
                if (!truth[i].Attributes.TryGetValue("class", out var name) || !classIndex.TryGetValue(name, out var one)) continue;
                pairs.Add((values.Count - 1, foundOf[i] < 0 ? -1 : predicted[(scene * batch.Components) + foundOf[i]], one));
            }
        }
    }

    /// <summary>Names the clusters by all things that were found; null where no class is known.</summary>
    public ClusterNaming? Name()
    {
        var found = pairs.Where(pair => pair.Cluster >= 0).ToList();
        return clusters == 0 || classIndex.Count == 0 || found.Count == 0
            ? null
            : ClusterNaming.Of([.. found.Select(pair => pair.Cluster)], [.. found.Select(pair => pair.Class)], clusters, classIndex.Count, rule);
    }

    /// <summary>Adds what was measured to other scores of the same scenes in the same order; a thing that was not found counts as classified wrongly.</summary>
    public EvaluationSummary Complete(EvaluationSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        var naming = Name();
        if (naming is not null)
        {
            foreach (var scene in pairs.GroupBy(pair => pair.Scene))
            {
                values[scene.Key][MetricNames.ClassAccuracy] = scene.Average(pair => pair.Cluster >= 0 && naming.ClassOf[pair.Cluster] == pair.Class ? 1.0 : 0);
            }
        }

        return values.All(scene => scene.Count == 0)
            ? summary
            : new EvaluationSummary([.. summary.PerImage.Select((image, i) => image with { Values = new OrderedDictionary<string, double>(image.Values.Concat(values[i])) })])
            {
                Naming = naming,
            };
    }

    /// <returns>The found thing of each true one, −1 for none.</returns>
    private static int[] Pair(EvaluationBatch batch, int scene, double[][] boxes, OrderedDictionary<string, double> measured)
    {
        int[] present = [.. Enumerable.Range(0, batch.Components).Where(k => batch.PredictedPresence is not { } presence || presence[(scene * batch.Components) + k] > 0.5f)];
        double[][] found = [.. present.Select(k => Array.ConvertAll(batch.PredictedBoxes![(((scene * batch.Components) + k) * 4)..(((scene * batch.Components) + k + 1) * 4)], value => (double)value))];
        var overlap = new double[boxes.Length * found.Length];
        for (var i = 0; i < overlap.Length; i++) overlap[i] = Overlap(boxes[i / found.Length], found[i % found.Length]);
        var (rows, columns) = LinearSumAssignment.Solve(overlap, boxes.Length, found.Length, maximise: true);
        var foundOf = new int[boxes.Length];
        Array.Fill(foundOf, -1);
        var (sum, distances) = (0.0, new List<double>());
        for (var i = 0; i < rows.Length; i++)
        {
            var iou = overlap[(rows[i] * found.Length) + columns[i]];
            if (iou <= 0) continue;
            foundOf[rows[i]] = present[columns[i]];
            sum += iou;
            distances.Add(Distance(boxes[rows[i]], found[columns[i]]));
        }

        if (boxes.Length > 0) measured[MetricNames.BoxIou] = sum / boxes.Length;
        if (distances.Count > 0) measured[MetricNames.CentreError] = distances.Average();
        return foundOf;
    }

    private static double[]? BoxOf(ObjectMetadata entity)
    {
        var numbers = new double[4];
        string[] names = ["x", "y", "width", "height"];
        for (var i = 0; i < names.Length; i++)
        {
            if (!entity.Attributes.TryGetValue(names[i], out var text) || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i])) return null;
        }

        return [numbers[0], numbers[1], numbers[0] + numbers[2], numbers[1] + numbers[3]];
    }

    private static double Overlap(double[] a, double[] b)
    {
        var width = Math.Min(a[2], b[2]) - Math.Max(a[0], b[0]);
        var height = Math.Min(a[3], b[3]) - Math.Max(a[1], b[1]);
        if (!(width > 0 && height > 0)) return 0;
        var both = width * height;
        var iou = both / (((a[2] - a[0]) * (a[3] - a[1])) + ((b[2] - b[0]) * (b[3] - b[1])) - both);
        return double.IsFinite(iou) ? iou : 0;
    }

    private static double Distance(double[] a, double[] b) =>
        Math.Sqrt(Math.Pow((a[0] + a[2] - b[0] - b[2]) / 2, 2) + Math.Pow((a[1] + a[3] - b[1] - b[3]) / 2, 2));
}
