using System.Text.Json;
using Scenograph.Data;
using Scenograph.Evaluation;
using Scenograph.Tests.Golden.Harness;

namespace Scenograph.Tests.Golden.Adapters;

/// <summary>The metrics of the ClevrTex benchmark: evaluator E, validation V, and the two Rand indices of multi_object_datasets.</summary>
public sealed class MetricsAdapter : IGoldenAdapter
{
    private static readonly (string Golden, string Ours)[] BenchmarkMetrics =
    [
        ("E_MSE", MetricNames.SquaredError), ("E_acc", MetricNames.CountAccuracy), ("E_mIoU", MetricNames.MeanIouAll), ("E_mIoU_fg", MetricNames.MeanIou),
        ("E_mIoU_gt", MetricNames.MeanIouTrue), ("E_mSC", MetricNames.CoveringOfOriginal), ("E_DICE", MetricNames.Dice), ("E_DICE_FG", MetricNames.DiceForeground),
        ("E_ARI", MetricNames.Ari), ("E_ARI_FG", MetricNames.AriForeground), ("E_mSC_correct", MetricNames.Covering), ("E_mBO", MetricNames.MeanBestOverlap),
        ("deepmind_ARI", MetricNames.AriDeepMind), ("deepmind_ARI_FG", MetricNames.AriForegroundDeepMind),
    ];

    private static readonly string[] ValidationMetrics = ["bg_mse", "slot_mse", "miou", "dice", "ari", "ari_fg", "num", "ari2", "ari2_fg"];

    /// <inheritdoc/>
    public string Model => "metrics";

    /// <summary>The folder's other cases are of data: preparation of images and data specs.</summary>
    public bool CanRun(GoldenCase goldenCase) => goldenCase.Config.TryGetProperty("masks_have_background", out _);

    /// <inheritdoc/>
    public GoldenResult Run(GoldenCase goldenCase, GoldenPrecision precision)
    {
        var masksHaveBackground = goldenCase.Config.GetProperty("masks_have_background").GetBoolean();
        var batch = Batch(goldenCase);
        var evaluator = new BenchmarkEvaluator(masksHaveBackground);
        evaluator.Add(batch);

        var result = new GoldenResult();
        AddScenes(result, evaluator.Measure(batch), batch);
        AddValidation(result, new ValidationEvaluator(masksHaveBackground).Measure(batch), batch.BatchSize);
        AddSummary(result, evaluator.Summarise(), goldenCase);
        return result;
    }

    private static EvaluationBatch Batch(GoldenCase goldenCase)
    {
        var masks = goldenCase.Input("pred_masks");
        var images = goldenCase.Input("true_image");
        return new EvaluationBatch
        {
            BatchSize = masks.Shape[0],
            Components = masks.Shape[1],
            Channels = images.Shape[1],
            Height = images.Shape[2],
            Width = images.Shape[3],
            Indices = [.. Enumerable.Range(0, masks.Shape[0])],
            PredictedImages = goldenCase.Input("pred_image").ToSingles(),
            PredictedMasks = masks.ToSingles(),
            TrueImages = images.ToSingles(),
            TrueLabels = Array.ConvertAll(goldenCase.Input("true_labels").Values, label => (byte)label),
            Metadata = goldenCase.Config.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Array
                ? [.. metadata.EnumerateArray().Select(Scene)]
                : null,
            PredictedPresence = Presence(goldenCase, masks.Shape[0], masks.Shape[1]),
        };
    }

    /// <summary>Only the notes say which slots the validation metrics take for present.</summary>
    private static float[]? Presence(GoldenCase goldenCase, int scenes, int components) =>
        goldenCase.Sections.Notes.Any(note => note.Contains("pred_vis ones except the last slot 0", StringComparison.Ordinal))
            ? [.. Enumerable.Range(0, scenes * components).Select(slot => slot % components == components - 1 ? 0f : 1f)]
            : null;

    private static SceneMetadata Scene(JsonElement scene) => new(
        scene.GetProperty("ground_material").GetString(),
        [.. scene.GetProperty("objects").EnumerateArray().Select(entity =>
            new ObjectMetadata(entity.EnumerateObject().ToDictionary(property => property.Name, property => property.Value.ToString())))]);

    private static void AddScenes(GoldenResult result, IReadOnlyList<SceneEvaluation> scenes, EvaluationBatch batch)
    {
        foreach (var (golden, ours) in BenchmarkMetrics)
        {
            result.Add(golden, [.. scenes.Select(scene => scene.Scores.Values[ours])], scenes.Count);
        }

        // Where one scene makes the original divide by zero, the batch is lost to it.
        var stops = scenes.Any(scene => double.IsNaN(scene.Scores.Values[MetricNames.CoveringOfOriginal]));
        result.Scalars["mSC_raises_ZeroDivisionError"] = stops ? 1 : 0;
        if (stops)
        {
            Array.Fill(result.Arrays["E_mSC"].Values, double.NaN);
        }

        result.Add("E_pred_labels_raw", [.. scenes.SelectMany(scene => scene.PredictedLabels).Select(label => (double)label)], batch.BatchSize, batch.Height, batch.Width);
        result.Add("E_pred_labels_aligned", [.. scenes.SelectMany(scene => scene.AlignedLabels!).Select(label => (double)label)], batch.BatchSize, batch.Height, batch.Width);
        result.Add("E_iou_aligned", [.. scenes.SelectMany(scene => scene.Matching!.Scores).Select(score => (double)score)], batch.BatchSize, scenes[0].Matching!.Scores.Length);
    }

    private static void AddValidation(GoldenResult result, IReadOnlyList<ImageScores> scenes, int count)
    {
        foreach (var name in ValidationMetrics)
        {
            result.Add("V_" + name, [.. scenes.Select(scene => scene.Values[name])], count);
        }
    }

    private static void AddSummary(GoldenResult result, EvaluationSummary summary, GoldenCase goldenCase)
    {
        foreach (var (golden, ours) in BenchmarkMetrics.Where(metric => metric.Golden.StartsWith("E_", StringComparison.Ordinal)))
        {
            result.Scalars["running_means." + golden[2..]] = summary.Statistic(ours);
        }

        foreach (var name in (string[])[MetricNames.GroundError, MetricNames.GroundIou, MetricNames.ObjectError, MetricNames.ObjectIou])
        {
            result.Scalars["running_means." + name] = summary.Statistic(name);
        }

        foreach (var metric in goldenCase.Sections.Results!.Value.GetProperty("tag_means").EnumerateObject())
        {
            foreach (var tag in metric.Value.EnumerateObject())
            {
                // The case lists them by name, the original by mean; that order is the unit tests' to check.
                var means = summary.Breakdown(tag.Name, metric.Name);
                foreach (var mean in means)
                {
                    result.Scalars[$"tag_means.{metric.Name}.{tag.Name}.{mean.Value}"] = mean.Mean;
                }

                var values = tag.Value.EnumerateArray().Select(pair => pair[0].GetString());
                result.Expect(string.Join(", ", values), string.Join(", ", means.Select(mean => mean.Value)), $"the list of values of {tag.Name} for {metric.Name}");
            }
        }
    }
}
