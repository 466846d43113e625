using Scenograph.Tests.Golden.Harness;

namespace Scenograph.Tests.Golden.HarnessTests;

public sealed class ComparisonTests
{
    [Theory]
    [InlineData("max", 0.25)]
    [InlineData("norm", 0.2)]
    public void The_error_is_relative_to_the_largest_entry_or_the_norm(string relativeTo, double error) =>
        Assert.Equal(error, Comparison.Error([3, 5], [3, 4], relativeTo));

    [Theory]
    [InlineData(new[] { double.NaN, 1 }, new[] { double.NaN, 1 }, 0)]
    [InlineData(new[] { double.NaN, 1 }, new[] { 1.0, 1 }, double.PositiveInfinity)]
    [InlineData(new[] { 1.0, 1 }, new[] { double.NaN, 1 }, double.PositiveInfinity)]
    [InlineData(new[] { double.PositiveInfinity, 1.5 }, new[] { double.PositiveInfinity, 1 }, 0.5)]
    [InlineData(new[] { 0.25, -0.5 }, new[] { 0.0, 0 }, 0.5)]
    public void NaN_equals_NaN_and_a_golden_of_zeros_is_compared_absolutely(double[] ours, double[] golden, double error) =>
        Assert.Equal(error, Comparison.Error(ours, golden, "max"));

    [Fact]
    public void Our_array_is_cut_as_the_golden_one_was()
    {
        var array = new HostArray([.. Enumerable.Range(0, 24).Select(value => (double)value)], 2, 3, 4);
        var cut = new ArraySection
        {
            Name = "x", Shape = [1, 2, 2], Dtype = "float32", Meaning = "", Quantity = "output",
            Stride = [new() { Start = 1, Step = 1 }, new() { Start = 0, Step = 2 }, new() { Start = 0, Step = 1, Count = 2 }],
        };

        var taken = Comparison.Cut(array, cut);
        var flat = Comparison.Cut(array, cut with { Flatten = true, Stride = [new() { Start = 2, Step = 10 }] });

        Assert.Equal([1, 2, 2], taken.Shape);
        Assert.Equal([12, 13, 20, 21], taken.Values);
        Assert.Equal([2, 12, 22], flat.Values);
    }
}
