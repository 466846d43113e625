namespace Scenograph.Evaluation;

/// <summary>
/// How the true masks and the predicted masks of one scene overlap: the number of pixels for each pair of labels. All
/// metrics of segmentation but the masked errors follow from it.
/// </summary>
public sealed class ContingencyTable
{
    private readonly int[] counts;

    private ContingencyTable(int size, int[] counts)
    {
        Size = size;
        this.counts = counts;
        TrueAreas = new int[size];
        PredictedAreas = new int[size];
        for (var truth = 0; truth < size; truth++)
        {
            for (var predicted = 0; predicted < size; predicted++)
            {
                var count = this[truth, predicted];
                TrueAreas[truth] += count;
                PredictedAreas[predicted] += count;
                Pixels += count;
            }
        }
    }

    /// <summary>S, number of labels on either side, empty ones included.</summary>
    public int Size { get; }

    /// <summary>Number of pixels counted.</summary>
    public int Pixels { get; }

    /// <summary>[S], pixels of each true mask.</summary>
    public int[] TrueAreas { get; }

    /// <summary>[S], pixels of each predicted mask.</summary>
    public int[] PredictedAreas { get; }

    /// <summary>Pixels that carry both labels: |T ∧ P|.</summary>
    public int this[int truth, int predicted] => counts[truth * Size + predicted];

    /// <summary>Number of true foreground masks with at least one pixel.</summary>
    public int ObjectCount => CountNonEmpty(TrueAreas.AsSpan(1));

    /// <param name="trueLabels">One label a pixel, below <paramref name="size"/>.</param>
    /// <param name="predictedLabels">As many, below <paramref name="size"/>.</param>
    /// <param name="size">S, at least 1.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a label is not below <paramref name="size"/>.</exception>
    public static ContingencyTable Count(ReadOnlySpan<byte> trueLabels, ReadOnlySpan<byte> predictedLabels, int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        if (trueLabels.Length != predictedLabels.Length)
        {
            throw new ArgumentException($"{trueLabels.Length} true and {predictedLabels.Length} predicted labels are not of the same pixels.", nameof(predictedLabels));
        }

        var counts = new int[size * size];
        for (var pixel = 0; pixel < trueLabels.Length; pixel++)
        {
            if (trueLabels[pixel] >= size || predictedLabels[pixel] >= size)
            {
                throw new ArgumentException($"Pixel {pixel} has label {trueLabels[pixel]} (true) and {predictedLabels[pixel]} (predicted); labels go from 0 to {size - 1}.", nameof(size));
            }

            counts[trueLabels[pixel] * size + predictedLabels[pixel]]++;
        }

        return new ContingencyTable(size, counts);
    }

    /// <summary>Column t of the result is column <c>predictedOf[t]</c> of this table.</summary>
    internal ContingencyTable Reorder(int[] predictedOf)
    {
        var reordered = new int[counts.Length];
        for (var truth = 0; truth < Size; truth++)
        {
            for (var slot = 0; slot < Size; slot++)
            {
                reordered[truth * Size + slot] = this[truth, predictedOf[slot]];
            }
        }

        return new ContingencyTable(Size, reordered);
    }

    /// <summary>|T ∧ P| / |T ∨ P| in float32 as the original; 0 where either mask is empty.</summary>
    internal float IntersectionOverUnion(int truth, int predicted)
    {
        var both = this[truth, predicted];
        return both == 0 ? 0 : (float)both / (TrueAreas[truth] + PredictedAreas[predicted] - both);
    }

    /// <summary>2 |T ∧ P| / (|T| + |P|) in float32; 0 where both masks are empty.</summary>
    internal float Dice(int truth, int predicted)
    {
        var both = this[truth, predicted];
        return both == 0 ? 0 : 2f * both / (TrueAreas[truth] + PredictedAreas[predicted]);
    }

    internal static int CountNonEmpty(ReadOnlySpan<int> areas)
    {
        var count = 0;
        foreach (var area in areas)
        {
            count += area > 0 ? 1 : 0;
        }

        return count;
    }
}
