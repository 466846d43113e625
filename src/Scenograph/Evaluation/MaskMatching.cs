namespace Scenograph.Evaluation;

/// <summary>Which predicted mask belongs to which true one: the pairing with the largest sum of scores.</summary>
public sealed class MaskMatching
{
    private MaskMatching(int[] predictedOf, float[] scores)
    {
        PredictedOf = predictedOf;
        Scores = scores;
    }

    /// <summary>[S], the predicted label that is paired with true label t; a permutation of 0 to S − 1.</summary>
    public int[] PredictedOf { get; }

    /// <summary>[S], score of the pair of true label t.</summary>
    public float[] Scores { get; }

    /// <summary>
    /// By intersection over union, as the benchmark's evaluator does. The background competes like any mask.
    /// </summary>
    public static MaskMatching ByIntersectionOverUnion(ContingencyTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return Best(table.Size, table.IntersectionOverUnion);
    }

    /// <summary>
    /// By (|P ∧ T| + 0.01) / (|P| + |T| + 0.01), as the validation metrics of the benchmark's training code do: the
    /// denominator is the sum, not the union, so a perfect pair scores about one half.
    /// </summary>
    public static MaskMatching ByIntersectionOverSum(ContingencyTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return Best(table.Size, (truth, predicted) =>
            table.TrueAreas[truth] == 0 || table.PredictedAreas[predicted] == 0
                ? 0
                : (float)((table[truth, predicted] + 0.01) / (table.TrueAreas[truth] + table.PredictedAreas[predicted] + 0.01)));
    }

    /// <summary>[S], the true label that each predicted label is paired with.</summary>
    internal byte[] TruthOf()
    {
        var truthOf = new byte[PredictedOf.Length];
        for (var truth = 0; truth < PredictedOf.Length; truth++)
        {
            truthOf[PredictedOf[truth]] = (byte)truth;
        }

        return truthOf;
    }

    private static MaskMatching Best(int size, Func<int, int, float> score)
    {
        var matrix = new double[size * size];
        for (var truth = 0; truth < size; truth++)
        {
            for (var predicted = 0; predicted < size; predicted++)
            {
                matrix[truth * size + predicted] = score(truth, predicted);
            }
        }

        var (_, predictedOf) = LinearSumAssignment.Solve(matrix, size, size, maximise: true);
        var scores = new float[size];
        for (var truth = 0; truth < size; truth++)
        {
            scores[truth] = (float)matrix[truth * size + predictedOf[truth]];
        }

        return new MaskMatching(predictedOf, scores);
    }
}
