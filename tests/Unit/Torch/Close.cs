using System.Globalization;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Torch;

/// <summary>Comparison of numbers up to rounding.</summary>
internal static class Close
{
    /// <summary>Each value differs by at most tolerance times the larger of 1 and its size.</summary>
    public static void Equal(IReadOnlyList<double> expected, IReadOnlyList<double> actual, double tolerance, string what)
    {
        Assert.True(expected.Count == actual.Count, $"{what}: {actual.Count} values instead of {expected.Count}");
        for (var i = 0; i < expected.Count; i++)
        {
            var error = Math.Abs(expected[i] - actual[i]);
            Assert.True(error <= tolerance * Math.Max(1, Math.Abs(expected[i])),
                string.Create(CultureInfo.InvariantCulture, $"{what}[{i}]: {actual[i]:R} instead of {expected[i]:R}"));
        }
    }

    public static void Equal(IReadOnlyList<double> expected, Tensor actual, double tolerance, string what) =>
        Equal(expected, actual.ToArray<double>(), tolerance, what);

    public static void Equal(Tensor expected, Tensor actual, double tolerance, string what)
    {
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        Equal(expected.ToArray<double>(), actual, tolerance, what);
    }
}
