using Scenograph.Data;
using Scenograph.Evaluation;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Evaluation;

public sealed class BenchmarkEvaluatorTests
{
    /// <summary>Metrics that no choice among equally good pairings can change.</summary>
    private static readonly string[] IndependentOfPairing =
    [
        MetricNames.Ari, MetricNames.AriForeground, MetricNames.MeanBestOverlap, MetricNames.Covering, MetricNames.CountAccuracy,
        MetricNames.MeanIouTrue, MetricNames.SquaredError, MetricNames.SquaredErrorMean, MetricNames.AriDeepMind, MetricNames.AriForegroundDeepMind,
    ];

    [Theory]
    [InlineData(MetricNames.MeanIouAll, (2.0 / 3 + 2.0 / 3 + 1) / 3)]
    [InlineData(MetricNames.MeanIou, (2.0 / 3 + 1) / 2)]
    [InlineData(MetricNames.MeanIouTrue, (2.0 / 3 + 2.0 / 3 + 1) / 3)]
    [InlineData(MetricNames.MeanBestOverlap, (2.0 / 3 + 1) / 2)]
    [InlineData(MetricNames.Covering, (3 * 2.0 / 3 + 2 * 2.0 / 3 + 1) / 6)]
    [InlineData(MetricNames.CoveringOfOriginal, 2.0 / 3)]
    [InlineData(MetricNames.Dice, (0.8 + 0.8 + 1) / 3)]
    [InlineData(MetricNames.DiceForeground, (0.8 + 1) / 2)]
    [InlineData(MetricNames.Ari, 7.0 / 22)]
    [InlineData(MetricNames.AriForeground, 1)]
    [InlineData(MetricNames.CountAccuracy, 1)]
    [InlineData(MetricNames.SquaredError, 6 * 0.25)]
    [InlineData(MetricNames.SquaredErrorMean, 0.25)]
    public void A_scene_done_by_hand_scores_as_computed(string metric, double expected)
    {
        // Slot 2 has 2 of the 3 background pixels, slot 1 the third and both of object 1, slot 0 object 2.
        var values = Scenes.Measure(3, [0, 0, 0, 1, 1, 2], [2, 2, 1, 1, 1, 0]);

        Assert.Equal(expected, values[metric], 6);
    }

    [Fact]
    public void A_perfect_prediction_scores_one_in_everything() => Properties.HoldsForSeeds(seed =>
    {
        var batch = Scenes.Random(seed);
        var masks = batch.TrueLabels!.Chunk(batch.Height * batch.Width).SelectMany(labels => Scenes.OneHot(labels, batch.Components));
        var values = Evaluate(batch with { PredictedMasks = [.. masks], PredictedImages = batch.TrueImages }).Metrics;
        return values.All(metric => metric.Value == (metric.Key is MetricNames.SquaredError or MetricNames.SquaredErrorMean ? 0 : 1));
    });

    [Fact]
    public void The_order_of_predicted_masks_does_not_matter() => Properties.HoldsForSeeds(seed =>
    {
        var random = new Random(seed);
        var batch = Scenes.Random(seed, components: random.Next(1, 7), trueMasks: random.Next(1, 7));
        return Agree(Evaluate(batch), Evaluate(Permuted(batch, random)), IndependentOfPairing);
    });

    [Fact]
    public void The_order_of_predicted_masks_changes_no_metric_where_one_pairing_is_best()
    {
        // As many masks on both sides, all of which overlap: no two pairings have the same sum.
        for (var seed = 0; seed < 20; seed++)
        {
            var batch = Scenes.Random(seed, side: 20);
            Assert.True(Agree(Evaluate(batch), Evaluate(Permuted(batch, new Random(seed))), [.. Evaluate(batch).Metrics.Keys.Except([MetricNames.CoveringOfOriginal])]));
        }
    }

    [Fact]
    public void Shares_lie_between_zero_and_one() => Properties.HoldsForSeeds(seed =>
    {
        var random = new Random(seed);
        var values = Evaluate(Scenes.Random(seed, components: random.Next(1, 7), trueMasks: random.Next(2, 7))).Metrics;
        string[] shares = ["mIoU", "mIoU_all", "mIoU_gt", "mBO", "mSC", "DICE", "DICE_FG", "acc"];
        return shares.All(name => values[name] is >= 0 and <= 1) && values["mBO"] >= 0 && values["mSC"] <= 1;
    });

    [Fact]
    public void The_best_overlap_is_at_least_the_paired_overlap() => Properties.HoldsForSeeds(seed =>
    {
        var scene = new BenchmarkEvaluator(true).Measure(Scenes.Random(seed))[0];
        return scene.Scores.Values["mBO"] >= scene.Matching!.Scores.Skip(1).Sum() / scene.Scores.ObjectCount!.Value - 1e-6;
    });

    [Fact]
    public void Only_background_on_both_sides_has_no_foreground_score()
    {
        var values = Scenes.Measure(3, [0, 0, 0], [1, 1, 1]);

        Assert.Equal(double.NaN, values[MetricNames.MeanIou]);
        Assert.Equal(double.NaN, values[MetricNames.DiceForeground]);
        Assert.Equal(double.NaN, values[MetricNames.MeanBestOverlap]);
        Assert.Equal(double.NaN, values[MetricNames.CoveringOfOriginal]);
        Assert.Equal(1, values[MetricNames.MeanIouAll]);
        Assert.Equal(1, values[MetricNames.Covering]);
        Assert.Equal(1, values[MetricNames.AriForeground]);
    }

    [Fact]
    public void Masks_beyond_those_needed_lower_the_mean_over_pairs_only()
    {
        var values = Scenes.Measure(4, [0, 0, 1, 1], [0, 0, 1, 2]);

        Assert.Equal((1 + 0.5 + 0) / 3, values[MetricNames.MeanIouAll], 6);
        Assert.Equal((1 + 0.5) / 2, values[MetricNames.MeanIouTrue], 6);
        Assert.Equal(0, values[MetricNames.CountAccuracy]);
    }

    [Fact]
    public void Masks_of_objects_alone_leave_the_rest_to_the_background()
    {
        var batch = Scenes.Of(2, ([0, 0, 1, 2], [0, 0, 0, 0])) with { PredictedMasks = [0.2f, 0.9f, 0.8f, 0.4f, 0.2f, 0.8f, 0.1f, 0.6f] };

        // Background 0.6, −0.7, 0.1, 0.
        Assert.Equal([0, 1, 1, 2], new BenchmarkEvaluator(masksHaveBackground: false).Measure(batch)[0].PredictedLabels);
    }

    [Fact]
    public void The_first_of_equally_strong_masks_has_the_pixel() =>
        Assert.Equal([0, 1], MaskLabels.FromMasks([0.5f, 0.1f, 0.5f, 0.3f, 0.5f, 0.3f], components: 3));

    [Fact]
    public void Data_without_masks_is_scored_by_its_image_errors_alone()
    {
        var summary = Evaluate(Scenes.Of(2, ([0, 1], [0, 1])) with { TrueLabels = null });

        Assert.Equal([MetricNames.SquaredError, MetricNames.SquaredErrorMean], summary.Metrics.Keys);
        Assert.Empty(summary.Tags);
    }

    [Fact]
    public void Hidden_objects_are_not_scored()
    {
        var metadata = new SceneMetadata("brick", [Material("wood"), Material("metal"), Material("brick")]);
        var batch = Scenes.Of(3, ([0, 0, 2, 2], [0, 0, 1, 1])) with { Metadata = [metadata] };

        var scores = new BenchmarkEvaluator(true).Measure(batch)[0].Scores;

        var visible = Assert.Single(scores.Objects);
        Assert.Equal(2, visible.Label);
        Assert.Equal("metal", visible.Attributes["material"]);
        Assert.Equal(1, visible.Iou);
        Assert.Equal(2 * 0.25, visible.SquaredError, 6);
        Assert.Equal(1, scores.ObjectCount);
        Assert.Equal(2 * 0.25, scores.Values[MetricNames.GroundError], 6);
    }

    [Fact]
    public void The_originals_covering_of_a_lone_scene_sees_its_first_row_only()
    {
        var batch = Scenes.Of(2, ([0, 0, 1, 0, 1, 1], [0, 1, 1, 0, 1, 1])) with { Height = 2, Width = 3 };

        Assert.Equal(0.5, Evaluate(batch).Metrics[MetricNames.CoveringOfOriginal], 6);
    }

    [Fact]
    public void A_batch_is_scored_as_its_scenes_are()
    {
        var batch = Scenes.Random(3, scenes: 8);
        var whole = Evaluate(batch).PerImage;
        for (var scene = 0; scene < 8; scene++)
        {
            var one = Evaluate(Slice(batch, scene)).PerImage[0];
            Assert.Equal(whole[scene].Values.Where(IsComparable), one.Values.Where(IsComparable));
        }

        static bool IsComparable(KeyValuePair<string, double> pair) => pair.Key != MetricNames.CoveringOfOriginal;
    }

    [Fact]
    public void A_mask_that_is_not_a_number_is_refused_by_the_scenes_index()
    {
        var batch = Scenes.Random(1) with { Indices = [40, 41, 42] };
        batch.PredictedMasks[5 * 144 + 7] = float.NaN;

        var problem = Assert.Throws<InputException>(() => Evaluate(batch));
        Assert.StartsWith("Scene 41: ", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arrays_of_another_size_are_refused_by_name()
    {
        var problem = Assert.Throws<ArgumentException>(() => Evaluate(Scenes.Random(1) with { TrueImages = new float[7] }));
        Assert.Contains("TrueImages has 7 values", problem.Message, StringComparison.Ordinal);
    }

    private static EvaluationSummary Evaluate(EvaluationBatch batch)
    {
        var evaluator = new BenchmarkEvaluator(masksHaveBackground: true);
        evaluator.Add(batch);
        return evaluator.Summarise();
    }

    private static bool Agree(EvaluationSummary one, EvaluationSummary other, IEnumerable<string> metrics) =>
        metrics.All(name => double.IsNaN(one.Metrics[name])
            ? double.IsNaN(other.Metrics[name])
            : Math.Abs(one.Metrics[name] - other.Metrics[name]) < 1e-6);

    private static EvaluationBatch Permuted(EvaluationBatch batch, Random random)
    {
        var order = Enumerable.Range(0, batch.Components).ToArray();
        random.Shuffle(order);
        var pixels = batch.Height * batch.Width;
        var masks = batch.PredictedMasks.Chunk(batch.Components * pixels)
            .SelectMany(scene => order.SelectMany(slot => scene.Skip(slot * pixels).Take(pixels)));
        return batch with { PredictedMasks = [.. masks] };
    }

    private static EvaluationBatch Slice(EvaluationBatch batch, int scene)
    {
        return batch with
        {
            BatchSize = 1,
            Indices = Part(batch.Indices),
            PredictedImages = Part(batch.PredictedImages),
            PredictedMasks = Part(batch.PredictedMasks),
            TrueImages = Part(batch.TrueImages),
            TrueLabels = Part(batch.TrueLabels!),
        };

        T[] Part<T>(T[] whole) => [.. whole.Chunk(whole.Length / batch.BatchSize).ElementAt(scene)];
    }

    private static ObjectMetadata Material(string name) => new(new Dictionary<string, string> { ["material"] = name });
}
