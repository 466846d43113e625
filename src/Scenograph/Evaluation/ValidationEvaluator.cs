namespace Scenograph.Evaluation;

/// <summary>
/// The metrics that the ClevrTex benchmark's training code logs on validation data (Karazija et al. 2021, arXiv
/// 2111.10265). They are NOT those of <see cref="BenchmarkEvaluator"/>: <c>miou</c> divides by the sum of areas instead of
/// the union and stays at or below about one half, and masks count as present where the model or the data set says so,
/// whether or not they have pixels. For comparison with the original's training curves.
/// </summary>
/// <remarks>
/// Values: <c>mse bg_mse slot_mse miou dice ari ari_fg ari2 ari2_fg num acc cnt</c>, and <c>w_mse</c>, <c>mc_mse</c> where
/// the batch has what they compare. <c>num</c> is the number of pairs that <c>slot_mse</c>, <c>miou</c> and <c>dice</c>
/// divide by.
/// </remarks>
/// <param name="masksHaveBackground">
/// Whether one of the K masks is the background's. If not, what the masks leave of 1 is added as the background.
/// </param>
public sealed class ValidationEvaluator(bool masksHaveBackground)
{
    private readonly List<ImageScores> scores = [];

    /// <summary>Measures a batch and keeps its scores.</summary>
    /// <exception cref="ArgumentException">An array's length and the batch's sizes differ.</exception>
    /// <exception cref="Scenograph.Torch.InputException">A predicted mask holds NaN.</exception>
    public void Add(EvaluationBatch batch) => scores.AddRange(Measure(batch));

    /// <summary>All scores so far.</summary>
    public EvaluationSummary Summarise() => new([.. scores]);

    /// <summary>Measures a batch without keeping its scores.</summary>
    /// <returns>[B]</returns>
    /// <inheritdoc cref="Add"/>
    public IReadOnlyList<ImageScores> Measure(EvaluationBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Check();
        var trueCount = batch.CountTrueMasks();
        return SceneLoop.Measure(batch, scene => MeasureScene(batch, scene, trueCount));
    }

    private ImageScores MeasureScene(EvaluationBatch batch, int scene, int trueCount)
    {
        var predictedImage = batch.PredictedImages.AsSpan(scene * batch.ImageSize, batch.ImageSize);
        var trueImage = batch.TrueImages.AsSpan(scene * batch.ImageSize, batch.ImageSize);
        var masks = batch.PredictedMasks.AsSpan(scene * batch.Components * batch.Pixels, batch.Components * batch.Pixels);

        var values = new OrderedDictionary<string, double> { ["mse"] = ImageErrors.SumOfSquares(predictedImage, trueImage) };
        int? objectCount = null;
        if (batch.TrueLabels is not null)
        {
            var trueLabels = batch.TrueLabels.AsSpan(scene * batch.Pixels, batch.Pixels);
            var predictedLabels = MaskLabels.FromMasks(masks, batch.Components, addBackground: !masksHaveBackground);
            var size = Math.Max(trueCount, batch.Components + (masksHaveBackground ? 0 : 1));
            var table = ContingencyTable.Count(trueLabels, predictedLabels, size);
            var matching = MaskMatching.ByIntersectionOverSum(table);
            var truthOf = matching.TruthOf();
            var alignedLabels = Array.ConvertAll(predictedLabels, label => truthOf[label]);
            var errors = ImageErrors.SumOfSquaresBySlot(predictedImage, trueImage, alignedLabels, trueLabels, size);

            objectCount = table.ObjectCount;
            AddSegmentation(values, table, matching, errors, CountPairs(batch, scene, trueCount, matching.PredictedOf));
        }

        var count = batch.PredictedCounts?[scene] ?? CountMasksAboveHalf(masks, batch.Components);
        if (objectCount is not null)
        {
            values["acc"] = count == objectCount + BackgroundSurplus(batch, scene) ? 1 : 0;
        }

        values["cnt"] = count;
        AddModelsOwn(values, batch, scene);
        return new ImageScores { Index = batch.Indices[scene], ObjectCount = objectCount, Values = values };
    }

    private static void AddSegmentation(OrderedDictionary<string, double> values, ContingencyTable table, MaskMatching matching, double[] errors, int pairs)
    {
        double error = 0, score = 0, dice = 0;
        for (var truth = 1; truth < table.Size; truth++)
        {
            error += errors[truth];
            score += matching.Scores[truth];
            dice += table.Dice(truth, matching.PredictedOf[truth]);
        }

        values["bg_mse"] = errors[0];
        values["slot_mse"] = error / pairs;
        values["miou"] = score / pairs;
        values["dice"] = dice / pairs;
        values["ari"] = AdjustedRandIndex.Score(table);
        values["ari_fg"] = AdjustedRandIndex.Score(table, foregroundOnly: true);

        // On the masks as predicted; the index does not depend on their order, so it is the same for true masks of 0 and 1.
        values["ari2"] = values["ari"];
        values["ari2_fg"] = values["ari_fg"];
        values["num"] = pairs;
    }

    /// <summary>Pairs of which one side is declared present, less one for the background.</summary>
    private int CountPairs(EvaluationBatch batch, int scene, int trueCount, int[] predictedOf)
    {
        var pairs = 0;
        for (var truth = 0; truth < predictedOf.Length; truth++)
        {
            var trueVisible = batch.TrueVisible is { } visible && batch.TrueMaskCount is { } declared
                ? truth < declared && visible[scene * declared + truth]
                : truth < trueCount;
            pairs += trueVisible || IsPredictedPresent(batch, scene, predictedOf[truth]) ? 1 : 0;
        }

        return pairs - 1;
    }

    private bool IsPredictedPresent(EvaluationBatch batch, int scene, int label)
    {
        var component = masksHaveBackground ? label : label - 1;
        return component < 0
            || (component < batch.Components
                && (batch.PredictedPresence is null || batch.PredictedPresence[scene * batch.Components + component] > 0.5f));
    }

    private int CountMasksAboveHalf(ReadOnlySpan<float> masks, int components)
    {
        var pixels = masks.Length / components;
        var count = masksHaveBackground ? -1 : 0;
        for (var component = 0; component < components; component++)
        {
            foreach (var value in masks.Slice(component * pixels, pixels))
            {
                if (value > 0.5f)
                {
                    count++;
                    break;
                }
            }
        }

        return count;
    }

    /// <summary>The original takes one off the number of true masks with pixels, whether or not the background has any.</summary>
    private static int BackgroundSurplus(EvaluationBatch batch, int scene) =>
        batch.TrueLabels.AsSpan(scene * batch.Pixels, batch.Pixels).Contains((byte)0) ? 0 : -1;

    private static void AddModelsOwn(OrderedDictionary<string, double> values, EvaluationBatch batch, int scene)
    {
        var maskSize = batch.Components * batch.Pixels;
        if (batch.WeightedMasks is not null)
        {
            values["w_mse"] = ImageErrors.SumOfSquares(
                batch.PredictedMasks.AsSpan(scene * maskSize, maskSize), batch.WeightedMasks.AsSpan(scene * maskSize, maskSize)) / batch.Components;
        }

        if (batch.ExpectedImages is not null)
        {
            values["mc_mse"] = ImageErrors.SumOfSquares(
                batch.ExpectedImages.AsSpan(scene * batch.ImageSize, batch.ImageSize), batch.TrueImages.AsSpan(scene * batch.ImageSize, batch.ImageSize));
        }
    }
}
