using System.Globalization;
using Scenograph.Data;
using Scenograph.Evaluation;

namespace Scenograph.Tests.Unit.Evaluation;

public sealed class ObjectEvaluatorTests
{
    private static ObjectMetadata Thing(string name, int x, int y) => new(new Dictionary<string, string>
    {
        ["class"] = name,
        ["x"] = x.ToString(CultureInfo.InvariantCulture),
        ["y"] = y.ToString(CultureInfo.InvariantCulture),
        ["width"] = "10",
        ["height"] = "10",
    });

    private static EvaluationBatch Batch(SceneMetadata? metadata, float[]? boxes, int[]? clusters, int[]? counts, int components = 2, float[]? presence = null) => new()
    {
        BatchSize = 1,
        Components = components,
        Channels = 1,
        Height = 1,
        Width = 1,
        Indices = [0],
        PredictedImages = [0],
        PredictedMasks = new float[components],
        TrueImages = [0],
        Metadata = [metadata],
        PredictedBoxes = boxes,
        PredictedClusters = clusters,
        PredictedCounts = counts,
        PredictedPresence = presence,
    };

    private static IReadOnlyDictionary<string, double> Measure(ObjectEvaluator evaluator, params EvaluationBatch[] batches)
    {
        foreach (var batch in batches) evaluator.Add(batch);
        return evaluator.Complete(new([.. batches.Select((_, i) => new ImageScores { Index = i, Values = new Dictionary<string, double>() })])).Metrics;
    }

    [Fact]
    public void Things_are_paired_by_their_boxes_whatever_their_order()
    {
        var truth = new SceneMetadata(null, [Thing("a", 0, 0), Thing("b", 50, 50)]);

        var metrics = Measure(new(["a", "b"], 2), Batch(truth, [50, 50, 60, 60, 0, 0, 10, 10], [1, 0], [2]));

        Assert.Equal(1, metrics[MetricNames.BoxIou], 1e-9);
        Assert.Equal(0, metrics[MetricNames.CentreError], 1e-9);
        Assert.Equal(1, metrics[MetricNames.ClassAccuracy]);
        Assert.Equal(1, metrics[MetricNames.OwnCountAccuracy]);
    }

    [Fact]
    public void What_was_not_found_is_classified_wrongly()
    {
        var truth = new SceneMetadata(null, [Thing("a", 0, 0), Thing("b", 50, 50)]);

        var metrics = Measure(new(["a", "b"], 2), Batch(truth, [0, 0, 10, 10, 50, 50, 60, 60], [0, 1], [1], presence: [1, 0]));

        Assert.Equal(0.5, metrics[MetricNames.ClassAccuracy]);
        Assert.Equal(0.5, metrics[MetricNames.BoxIou], 1e-9);
        Assert.Equal(0, metrics[MetricNames.OwnCountAccuracy]);
    }

    [Fact]
    public void The_one_thing_of_a_picture_needs_no_box()
    {
        var truth = new SceneMetadata(null, [new ObjectMetadata(new Dictionary<string, string> { ["class"] = "b" })]);

        Assert.Equal(1, Measure(new(["a", "b"], 3), Batch(truth, null, [2], null, components: 1))[MetricNames.ClassAccuracy]);
    }

    [Fact]
    public void Without_classes_there_is_no_accuracy()
    {
        var unknown = new SceneMetadata(null, [new ObjectMetadata(new Dictionary<string, string>())]);

        Assert.Empty(Measure(new(["a"], 1), Batch(unknown, null, [0], null, components: 1)));
        Assert.Empty(Measure(new([], 1), Batch(null, null, [0], null, components: 1)));
    }

    [Fact]
    public void An_empty_scene_can_be_counted_right_and_has_no_boxes_to_measure()
    {
        var metrics = Measure(new(["a"], 2), Batch(new(null, []), new float[8], [0, 0], [0], presence: [0, 0]));

        Assert.Equal([MetricNames.OwnCountAccuracy], metrics.Keys);
        Assert.Equal(1, metrics[MetricNames.OwnCountAccuracy]);
    }
}
