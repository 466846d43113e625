namespace Scenograph.Evaluation;

/// <summary>
/// Mean segmentation covering: how well each true mask is covered by its best predicted mask, weighted by area,
/// Σ_t |T_t| max_p IoU(T_t, P_p) / Σ_t |T_t|, background included. Arbeláez et al., "Contour detection and hierarchical
/// image segmentation", TPAMI 2011.
/// </summary>
internal static class SegmentationCovering
{
    public static double Score(ContingencyTable table) => Score(table, table.Size, table.Size);

    /// <summary>
    /// The value that the benchmark's original program computes: on both sides its loops stop before the highest label that
    /// occurs.
    /// </summary>
    /// <param name="aligned">Predicted labels in the order of the truth.</param>
    /// <returns>NaN where the original stops with a division by zero: nothing but the highest true label.</returns>
    public static double ScoreOfOriginal(ContingencyTable aligned) =>
        Score(aligned, Highest(aligned.TrueAreas), Highest(aligned.PredictedAreas));

    private static double Score(ContingencyTable table, int trueEnd, int predictedEnd)
    {
        var covered = 0f;
        var area = 0f;
        for (var truth = 0; truth < trueEnd; truth++)
        {
            var best = 0f;
            for (var predicted = 0; predicted < predictedEnd; predicted++)
            {
                best = Math.Max(best, table.IntersectionOverUnion(truth, predicted));
            }

            covered += table.TrueAreas[truth] * best;
            area += table.TrueAreas[truth];
        }

        return covered / area;
    }

    private static int Highest(int[] areas) => Math.Max(0, Array.FindLastIndex(areas, area => area > 0));
}
