using Scenograph.Data;

namespace Scenograph.Evaluation;

/// <summary>
/// The evaluator behind the ClevrTex benchmark's published numbers. Karazija, Laina, Rupprecht, "ClevrTex: A Texture-Rich
/// Benchmark for Unsupervised Multi-Object Segmentation", NeurIPS 2021 Datasets and Benchmarks, arXiv 2111.10265. Each
/// pixel belongs to its strongest mask; predicted masks are paired with true ones by intersection over union, the background
/// competing like any object.
/// </summary>
/// <remarks>
/// As in the original, the number of masks that take part is that of the batch: its highest label and K. It matters only
/// where several pairings are equally good. Scores that are 0/0 are NaN and so is their mean; <see cref="MetricSummary"/>
/// says how many there were and the mean of the rest.
/// </remarks>
/// <param name="masksHaveBackground">
/// Whether one of the K masks is the background's. If not, what the masks leave of 1 is added as the background.
/// </param>
public sealed class BenchmarkEvaluator(bool masksHaveBackground)
{
    private readonly List<ImageScores> scores = [];

    /// <summary>Measures a batch and keeps its scores.</summary>
    /// <exception cref="ArgumentException">An array's length and the batch's sizes differ.</exception>
    /// <exception cref="Scenograph.Torch.InputException">A predicted mask holds NaN.</exception>
    public void Add(EvaluationBatch batch)
    {
        foreach (var scene in Measure(batch))
        {
            scores.Add(scene.Scores);
        }
    }

    /// <summary>All scores so far.</summary>
    public EvaluationSummary Summarise() => new([.. scores]);

    /// <summary>Measures a batch without keeping its scores.</summary>
    /// <returns>[B]</returns>
    /// <inheritdoc cref="Add"/>
    public IReadOnlyList<SceneEvaluation> Measure(EvaluationBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Check();
        var size = Math.Max(batch.CountTrueMasks(), batch.Components + (masksHaveBackground ? 0 : 1));
        return SceneLoop.Measure(batch, scene => MeasureScene(batch, scene, size));
    }

    private SceneEvaluation MeasureScene(EvaluationBatch batch, int scene, int size)
    {
        var predictedImage = batch.PredictedImages.AsSpan(scene * batch.ImageSize, batch.ImageSize);
        var trueImage = batch.TrueImages.AsSpan(scene * batch.ImageSize, batch.ImageSize);
        var masks = batch.PredictedMasks.AsSpan(scene * batch.Components * batch.Pixels, batch.Components * batch.Pixels);
        var predictedLabels = MaskLabels.FromMasks(masks, batch.Components, addBackground: !masksHaveBackground);

        var error = ImageErrors.SumOfSquares(predictedImage, trueImage);
        var values = new OrderedDictionary<string, double>();
        if (batch.TrueLabels is null)
        {
            AddErrors(values, error, batch.ImageSize);
            return new SceneEvaluation(new ImageScores { Index = batch.Indices[scene], Values = values }, predictedLabels, null, null);
        }

        var trueLabels = batch.TrueLabels.AsSpan(scene * batch.Pixels, batch.Pixels);
        var table = ContingencyTable.Count(trueLabels, predictedLabels, size);
        var matching = MaskMatching.ByIntersectionOverUnion(table);
        var truthOf = matching.TruthOf();
        var alignedLabels = Array.ConvertAll(predictedLabels, label => truthOf[label]);
        var aligned = table.Reorder(matching.PredictedOf);

        AddSegmentation(values, aligned, matching.Scores);
        values[MetricNames.CoveringOfOriginal] = CoveringOfOriginal(batch, aligned, trueLabels, alignedLabels);
        AddErrors(values, error, batch.ImageSize);

        var scores = new ImageScores { Index = batch.Indices[scene], ObjectCount = table.ObjectCount, Values = values };
        if (batch.Metadata?[scene] is { } metadata)
        {
            var errors = ImageErrors.SumOfSquaresByLabel(predictedImage, trueImage, trueLabels, size);
            values[MetricNames.GroundError] = errors[0];
            values[MetricNames.GroundIou] = matching.Scores[0];
            scores = scores with
            {
                GroundMaterial = metadata.GroundMaterial,
                Objects = MeasureObjects(metadata, aligned, matching.Scores, errors),
            };
        }

        return new SceneEvaluation(scores, predictedLabels, alignedLabels, matching);
    }

    private static void AddSegmentation(OrderedDictionary<string, double> values, ContingencyTable aligned, float[] ious)
    {
        double iou = 0, foregroundIou = 0, dice = 0, foregroundDice = 0, bestOverlap = 0;
        var pairs = 0;
        var trueCount = ContingencyTable.CountNonEmpty(aligned.TrueAreas);
        var predictedCount = ContingencyTable.CountNonEmpty(aligned.PredictedAreas);
        for (var truth = 0; truth < aligned.Size; truth++)
        {
            iou += ious[truth];
            dice += aligned.Dice(truth, truth);
            pairs += aligned.TrueAreas[truth] > 0 || aligned.PredictedAreas[truth] > 0 ? 1 : 0;
            if (truth > 0)
            {
                foregroundIou += ious[truth];
                foregroundDice += aligned.Dice(truth, truth);
                bestOverlap += BestOverlap(aligned, truth);
            }
        }

        // One pair is taken for the background's even where there is none on either side; 0/0 where there is nothing else.
        var foregroundPairs = (double)(pairs - 1);
        values[MetricNames.Ari] = AdjustedRandIndex.Score(aligned);
        values[MetricNames.AriForeground] = AdjustedRandIndex.Score(aligned, foregroundOnly: true);
        values[MetricNames.MeanIou] = foregroundIou / foregroundPairs;
        values[MetricNames.MeanIouAll] = iou / pairs;
        values[MetricNames.MeanIouTrue] = iou / trueCount;
        values[MetricNames.MeanBestOverlap] = bestOverlap / aligned.ObjectCount;
        values[MetricNames.Covering] = SegmentationCovering.Score(aligned);
        values[MetricNames.Dice] = dice / pairs;
        values[MetricNames.DiceForeground] = foregroundDice / foregroundPairs;
        values[MetricNames.CountAccuracy] = trueCount == predictedCount ? 1 : 0;
        values[MetricNames.AriDeepMind] = AdjustedRandIndex.ScoreOfMultiObjectDatasets(aligned);
        values[MetricNames.AriForegroundDeepMind] = AdjustedRandIndex.ScoreOfMultiObjectDatasets(aligned, foregroundOnly: true);
    }

    private static float BestOverlap(ContingencyTable table, int truth)
    {
        var best = 0f;
        for (var predicted = 0; predicted < table.Size; predicted++)
        {
            best = Math.Max(best, table.IntersectionOverUnion(truth, predicted));
        }

        return best;
    }

    private static double CoveringOfOriginal(EvaluationBatch batch, ContingencyTable aligned, ReadOnlySpan<byte> trueLabels, byte[] alignedLabels)
    {
        if (batch.BatchSize > 1)
        {
            return SegmentationCovering.ScoreOfOriginal(aligned);
        }

        // The original squeezes the axis of a batch of one away and takes the first row of pixels for the scene.
        var row = ContingencyTable.Count(trueLabels[..batch.Width], alignedLabels.AsSpan(0, batch.Width), aligned.Size);
        return SegmentationCovering.ScoreOfOriginal(row);
    }

    private static void AddErrors(OrderedDictionary<string, double> values, double error, int imageSize)
    {
        values[MetricNames.SquaredError] = error;
        values[MetricNames.SquaredErrorMean] = error / imageSize;
    }

    private static List<ObjectScores> MeasureObjects(SceneMetadata metadata, ContingencyTable table, float[] ious, double[] errors)
    {
        var objects = new List<ObjectScores>();
        for (var label = 1; label < table.Size && label <= metadata.Objects.Count; label++)
        {
            // Objects that were cropped away or are wholly hidden have no pixels.
            if (table.TrueAreas[label] > 0)
            {
                objects.Add(new ObjectScores(label, errors[label], ious[label], metadata.Objects[label - 1].Attributes));
            }
        }

        return objects;
    }
}
