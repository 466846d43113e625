using FsCheck;
using FsCheck.Fluent;
using Scenograph.Reports.TensorBoard;

namespace Scenograph.Tests.Unit.Reports;

public sealed class HistogramBucketsTests
{
    [Fact]
    public void Zero_lies_in_the_first_bucket_above_zero()
    {
        var buckets = HistogramBuckets.Of([0, 0, 0]);

        // Everything below zero, zero itself, everything above.
        Assert.Equal([0, 1e-12, double.MaxValue], buckets.Limits);
        Assert.Equal([0, 3, 0], buckets.Counts);
    }

    [Fact]
    public void Limits_grow_by_a_tenth()
    {
        var buckets = HistogramBuckets.Of([1e-12]);

        Assert.Equal([1e-12, 1e-12 * 1.1, double.MaxValue], buckets.Limits);
        Assert.Equal([0, 1, 0], buckets.Counts);
    }

    [Fact]
    public void Nothing_gives_one_empty_bucket()
    {
        var buckets = HistogramBuckets.Of([]);

        Assert.Equal([double.MaxValue], buckets.Limits);
        Assert.Equal([0], buckets.Counts);
        Assert.Equal((0, 0, 0), (buckets.Minimum, buckets.Maximum, buckets.Number));
    }

    [Fact]
    public void Values_that_are_not_finite_are_left_out()
    {
        var buckets = HistogramBuckets.Of([double.NaN, 1, double.PositiveInfinity, double.NegativeInfinity]);

        Assert.Equal((1, 1, 1), (buckets.Number, buckets.Minimum, buckets.Maximum));
    }

    [Fact]
    public void The_largest_and_smallest_doubles_have_buckets()
    {
        var buckets = HistogramBuckets.Of([double.MaxValue, -double.MaxValue]);

        Assert.Equal(2, buckets.Counts.Sum());
    }

    [Fact]
    public void Each_value_is_counted_between_the_limits_around_it() => Prop.ForAll<double[]>(values =>
    {
        var finite = values.Where(double.IsFinite).ToArray();
        var buckets = HistogramBuckets.Of(values);
        for (var i = 0; i < buckets.Limits.Count; i++)
        {
            var from = i == 0 ? double.NegativeInfinity : buckets.Limits[i - 1];
            var to = i == buckets.Limits.Count - 1 ? double.PositiveInfinity : buckets.Limits[i];
            if (buckets.Counts[i] != finite.Count(value => value >= from && value < to) || (i > 0 && buckets.Counts[i] == 0 && buckets.Counts[i - 1] == 0))
            {
                return false;
            }
        }
        return true;
    }).Check(Repeatable.Config);
}
