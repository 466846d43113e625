namespace Scenograph.Reports.TensorBoard;

/// <summary>
/// A histogram as TensorBoard stores it: limits that grow by a tenth from 1e-12 to 1e20 on either side of zero, bucket i
/// counting the values from limit i − 1 (included) to limit i (excluded); runs of empty buckets are merged into one.
/// </summary>
internal sealed class HistogramBuckets
{
    private static readonly double[] AllLimits = MakeLimits();

    private HistogramBuckets(double[] limits, double[] counts)
    {
        Limits = limits;
        Counts = counts;
    }

    /// <summary>Upper ends, ascending; at least one.</summary>
    public IReadOnlyList<double> Limits { get; }

    /// <summary>As many as <see cref="Limits"/>.</summary>
    public IReadOnlyList<double> Counts { get; }

    public double Minimum { get; private init; }

    public double Maximum { get; private init; }

    public double Number { get; private init; }

    public double Sum { get; private init; }

    public double SumOfSquares { get; private init; }

    /// <param name="values">NaN and infinite values are left out: TensorBoard cannot draw a histogram that holds them.</param>
    public static HistogramBuckets Of(ReadOnlySpan<double> values)
    {
        var counts = new double[AllLimits.Length];
        double minimum = double.PositiveInfinity, maximum = double.NegativeInfinity, sum = 0, squares = 0, number = 0;
        foreach (var value in values)
        {
            if (!double.IsFinite(value))
            {
                continue;
            }
            counts[BucketOf(value)]++;
            minimum = Math.Min(minimum, value);
            maximum = Math.Max(maximum, value);
            sum += value;
            squares += value * value;
            number++;
        }
        var (limits, merged) = Merge(counts);
        return new HistogramBuckets(limits, merged)
        {
            Minimum = number > 0 ? minimum : 0,
            Maximum = number > 0 ? maximum : 0,
            Number = number,
            Sum = sum,
            SumOfSquares = squares,
        };
    }

    /// <summary>The first bucket whose limit is greater than the value; the last one for the largest double.</summary>
    private static int BucketOf(double value)
    {
        var place = Array.BinarySearch(AllLimits, value);
        return Math.Min(place >= 0 ? place + 1 : ~place, AllLimits.Length - 1);
    }

    private static (double[] Limits, double[] Counts) Merge(double[] counts)
    {
        var limits = new List<double>();
        var merged = new List<double>();
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] == 0 && merged.Count > 0 && merged[^1] == 0)
            {
                limits[^1] = AllLimits[i];
                continue;
            }
            limits.Add(AllLimits[i]);
            merged.Add(counts[i]);
        }
        return ([.. limits], [.. merged]);
    }

    private static double[] MakeLimits()
    {
        var positive = new List<double>();
        for (var limit = 1e-12; limit < 1e20; limit *= 1.1)
        {
            positive.Add(limit);
        }
        positive.Add(double.MaxValue);
        return [.. positive.AsEnumerable().Reverse().Select(limit => -limit), 0, .. positive];
    }
}
