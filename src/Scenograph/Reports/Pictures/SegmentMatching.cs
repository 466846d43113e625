namespace Scenograph.Reports.Pictures;

/// <summary>
/// Which true segment each predicted one stands for, so that both are painted in one colour. For the eye only: the pair that
/// overlaps most goes first. The metrics have their own, optimal assignment.
/// </summary>
internal static class SegmentMatching
{
    /// <param name="predicted">[H, W], labels 0 to count − 1.</param>
    /// <param name="truth">[H, W], 0 the background.</param>
    /// <param name="count">Number of predicted labels.</param>
    /// <returns>For each predicted label the label to paint it as; unmatched ones get labels that no true segment has.</returns>
    public static int[] LabelsFor(ReadOnlySpan<byte> predicted, ReadOnlySpan<byte> truth, int count)
    {
        const int Labels = byte.MaxValue + 1;
        var both = new int[count * Labels];
        var ofPrediction = new int[count];
        var ofTruth = new int[Labels];
        for (var i = 0; i < predicted.Length; i++)
        {
            both[predicted[i] * Labels + truth[i]]++;
            ofPrediction[predicted[i]]++;
            ofTruth[truth[i]]++;
        }
        var pairs = Enumerable.Range(0, both.Length).Where(pair => both[pair] > 0)
            .OrderByDescending(pair => both[pair] / (double)(ofPrediction[pair / Labels] + ofTruth[pair % Labels] - both[pair])).ToList();

        var result = new int[count];
        Array.Fill(result, -1);
        var taken = new bool[Labels];
        foreach (var pair in pairs)
        {
            if (result[pair / Labels] < 0 && !taken[pair % Labels])
            {
                result[pair / Labels] = pair % Labels;
                taken[pair % Labels] = true;
            }
        }
        var free = ofTruth.AsSpan().LastIndexOfAnyExcept(0) + 1;
        for (var label = 0; label < count; label++)
        {
            if (result[label] < 0)
            {
                result[label] = Math.Max(1, free++);
            }
        }
        return result;
    }
}
