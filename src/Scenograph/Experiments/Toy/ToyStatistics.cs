using MathNet.Numerics.Statistics;
using Scenograph.Reports;

namespace Scenograph.Experiments.Toy;

/// <summary>Curves of all repetitions, step by step as mean, deviation and quantiles.</summary>
internal sealed class ToyStatistics
{
    /// <summary>What the published figures add to a variance before they take its logarithm.</summary>
    private const double Smallest = 1e-64;

    private ToyStatistics(int steps) =>
        (Mean, Deviation, Low, Median, High) = (new double[steps], new double[steps], new double[steps], new double[steps], new double[steps]);

    public double[] Mean { get; }

    /// <summary>Population standard deviation.</summary>
    public double[] Deviation { get; }

    /// <summary>Quantile 0.1.</summary>
    public double[] Low { get; }

    public double[] Median { get; }

    /// <summary>Quantile 0.9.</summary>
    public double[] High { get; }

    /// <summary>Expected losses.</summary>
    public static ToyStatistics OfLosses(ToyCurves curves) => Of(curves, curves.Losses, value => value);

    /// <summary>Natural logarithms of variances.</summary>
    public static ToyStatistics OfLogVariances(ToyCurves curves) => Of(curves, curves.Variances, value => Math.Log(value + Smallest));

    /// <summary>A line with its band of one standard deviation on both sides.</summary>
    public Series WithDeviation(string name) => Line(name, Mean, step => (Mean[step] - Deviation[step], Mean[step] + Deviation[step]));

    /// <summary>The median with a band from quantile 0.1 to 0.9.</summary>
    public Series WithQuantiles(string name) => Line(name, Median, step => (Low[step], High[step]));

    private static Series Line(string name, double[] values, Func<int, (double Low, double High)> band) =>
        new(name, [.. values.Select((value, step) => new CurvePoint(step + 1, value))])
        {
            Band = [.. values.Select((_, step) => new CurveBand(step + 1, band(step).Low, band(step).High))],
        };

    private static ToyStatistics Of(ToyCurves curves, float[] values, Func<double, double> map)
    {
        var (steps, count) = (curves.Steps, curves.Repetitions);
        var result = new ToyStatistics(steps);
        var sorted = new double[count];
        for (var step = 0; step < steps; step++)
        {
            for (var r = 0; r < count; r++) sorted[r] = map(values[r * steps + step]);
            Array.Sort(sorted);
            result.Mean[step] = ArrayStatistics.Mean(sorted);
            result.Deviation[step] = ArrayStatistics.PopulationStandardDeviation(sorted);
            (result.Low[step], result.Median[step], result.High[step]) = (Quantile(sorted, 0.1), Quantile(sorted, 0.5), Quantile(sorted, 0.9));
        }
        return result;
    }

    private static double Quantile(double[] sorted, double share) => SortedArrayStatistics.QuantileCustom(sorted, share, QuantileDefinition.R7);
}
