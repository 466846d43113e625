namespace Scenograph.Evaluation;

/// <summary>
/// Agreement of two partitions of the same pixels, corrected for chance: 1 where they are equal, about 0 for random ones,
/// negative for worse. Hubert and Arabie, "Comparing partitions", Journal of Classification 1985. Two definitions are in
/// use, which differ only where the formula gives 0/0.
/// </summary>
public static class AdjustedRandIndex
{
    /// <summary>
    /// As scikit-learn's <c>adjusted_rand_score</c>, which the ClevrTex benchmark uses. Partitions without a pair of pixels
    /// that they judge differently score 1, so no pixels at all, or one cluster on both sides, score 1.
    /// </summary>
    /// <param name="table">The two partitions.</param>
    /// <param name="foregroundOnly">Only pixels whose true label is above 0 (ARI-FG); the predicted background stays a cluster.</param>
    public static double Score(ContingencyTable table, bool foregroundOnly = false)
    {
        ArgumentNullException.ThrowIfNull(table);
        var (pixels, squares, trueSquares, predictedSquares) = Sums(table, foregroundOnly);

        // Ordered pairs of pixels: together in both partitions, in one of them, in neither.
        Int128 together = squares - pixels;
        Int128 onlyPredicted = predictedSquares - squares;
        Int128 onlyTrue = trueSquares - squares;
        var apart = (Int128)pixels * pixels - onlyPredicted - onlyTrue - squares;
        if (onlyPredicted == 0 && onlyTrue == 0)
        {
            return 1;
        }

        var numerator = 2 * (together * apart - onlyTrue * onlyPredicted);
        var denominator = (together + onlyTrue) * (onlyTrue + apart) + (together + onlyPredicted) * (onlyPredicted + apart);
        return (double)numerator / (double)denominator;
    }

    /// <summary>
    /// As <c>adjusted_rand_index</c> of deepmind's multi_object_datasets (Kabra et al. 2019), which later papers quote. NaN
    /// where the formula is 0/0, but 1 where both partitions are one cluster over all pixels, the left out ones included.
    /// </summary>
    /// <param name="table">The two partitions of all pixels.</param>
    /// <param name="foregroundOnly">Pixels with true label 0 are in no true group and left out of the counts.</param>
    public static double ScoreOfMultiObjectDatasets(ContingencyTable table, bool foregroundOnly = false)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (IsOneTrueCluster(table, foregroundOnly) && ContingencyTable.CountNonEmpty(table.PredictedAreas) <= 1)
        {
            return 1;
        }

        // (r − E) / ((A + B)/2 − E) with E = A·B / (n(n − 1)), both sides times 2 n(n − 1): exact in integers.
        var (pixels, squares, trueSquares, predictedSquares) = Sums(table, foregroundOnly);
        Int128 index = squares - pixels;
        Int128 truePairs = trueSquares - pixels;
        Int128 predictedPairs = predictedSquares - pixels;
        var allPairs = (Int128)pixels * (pixels - 1);
        var numerator = 2 * (index * allPairs - truePairs * predictedPairs);
        var denominator = (truePairs + predictedPairs) * allPairs - 2 * truePairs * predictedPairs;
        return (double)numerator / (double)denominator;
    }

    /// <summary>n, Σ n_ij², and Σ a_i², Σ b_j² of its row and column sums, over the pixels that count.</summary>
    private static (long Pixels, long Squares, long TrueSquares, long PredictedSquares) Sums(ContingencyTable table, bool foregroundOnly)
    {
        var first = foregroundOnly ? 1 : 0;
        long pixels = 0, squares = 0, trueSquares = 0, predictedSquares = 0;
        for (var truth = first; truth < table.Size; truth++)
        {
            long area = table.TrueAreas[truth];
            pixels += area;
            trueSquares += area * area;
        }

        for (var predicted = 0; predicted < table.Size; predicted++)
        {
            long area = 0;
            for (var truth = first; truth < table.Size; truth++)
            {
                long count = table[truth, predicted];
                area += count;
                squares += count * count;
            }

            predictedSquares += area * area;
        }

        return (pixels, squares, trueSquares, predictedSquares);
    }

    private static bool IsOneTrueCluster(ContingencyTable table, bool foregroundOnly)
    {
        // Without its own group the background's argmax is the first group: labels 0 and 1 look alike to the original.
        var present = ContingencyTable.CountNonEmpty(table.TrueAreas);
        return present <= 1 || (foregroundOnly && present == 2 && table.TrueAreas[0] > 0 && table.TrueAreas[1] > 0);
    }
}
