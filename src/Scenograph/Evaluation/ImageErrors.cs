namespace Scenograph.Evaluation;

/// <summary>Squared differences of images; differences in float32, sums in float64.</summary>
internal static class ImageErrors
{
    /// <returns>Σ (a − b)².</returns>
    public static double SumOfSquares(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            double difference = a[i] - b[i];
            sum += difference * difference;
        }

        return sum;
    }

    /// <summary>Σ (a − b)² over channels and over the pixels of each label.</summary>
    /// <param name="a">[C, pixels]</param>
    /// <param name="b">[C, pixels]</param>
    /// <param name="labels">[pixels], below <paramref name="size"/>.</param>
    /// <param name="size">Number of labels.</param>
    /// <returns>[size]</returns>
    public static double[] SumOfSquaresByLabel(ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<byte> labels, int size)
    {
        var sums = new double[size];
        for (var start = 0; start < a.Length; start += labels.Length)
        {
            var first = a.Slice(start, labels.Length);
            var second = b.Slice(start, labels.Length);
            for (var pixel = 0; pixel < labels.Length; pixel++)
            {
                double difference = first[pixel] - second[pixel];
                sums[labels[pixel]] += difference * difference;
            }
        }

        return sums;
    }

    /// <summary>
    /// Σ (predicted · P_t − image · T_t)² for each t, where P_t and T_t are the masks of label t on either side: where they
    /// differ, the plain squares of the images count.
    /// </summary>
    /// <returns>[size]</returns>
    public static double[] SumOfSquaresBySlot(
        ReadOnlySpan<float> predicted, ReadOnlySpan<float> image, ReadOnlySpan<byte> predictedLabels, ReadOnlySpan<byte> trueLabels, int size)
    {
        var sums = new double[size];
        for (var start = 0; start < image.Length; start += trueLabels.Length)
        {
            for (var pixel = 0; pixel < trueLabels.Length; pixel++)
            {
                var ours = predicted[start + pixel];
                var original = image[start + pixel];
                if (predictedLabels[pixel] == trueLabels[pixel])
                {
                    double difference = ours - original;
                    sums[trueLabels[pixel]] += difference * difference;
                }
                else
                {
                    sums[predictedLabels[pixel]] += (double)ours * ours;
                    sums[trueLabels[pixel]] += (double)original * original;
                }
            }
        }

        return sums;
    }
}
