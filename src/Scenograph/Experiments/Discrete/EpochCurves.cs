using MathNet.Numerics.Statistics;
using Scenograph.Data;
using Scenograph.Reports;
using Scenograph.Training;
using Scenograph.Training.Recipes;

namespace Scenograph.Experiments.Discrete;

/// <summary>What validations measured while a run was trained, by name, over its epochs.</summary>
internal static class EpochCurves
{
    /// <summary>Quantiles between which the band lies.</summary>
    private const double Low = 0.1;
    private const double High = 0.9;

    /// <param name="run">With its folder.</param>
    /// <param name="names">Metrics; those that were not measured are left out.</param>
    public static IReadOnlyDictionary<string, IReadOnlyList<CurvePoint>> Of(LoadedRun run, params ReadOnlySpan<string> names)
    {
        var history = MetricsLog.Read(run.Folder!.MetricsPath);
        var steps = StepsAnEpoch(run.Recipe);
        var curves = new Dictionary<string, IReadOnlyList<CurvePoint>>();
        foreach (var name in names)
        {
            CurvePoint[] points = [.. history.Curve("validation", name).Select(point => new CurvePoint(point.Step / steps, point.Value))];
            if (points.Length > 0) curves[name] = points;
        }
        return curves;
    }

    /// <summary>The median over repetitions with a band from quantile 0.1 to 0.9.</summary>
    /// <param name="name">In the legend.</param>
    /// <param name="curves">One a repetition; an epoch that only some have is taken over those.</param>
    /// <param name="scale">Factor on the values.</param>
    public static Series Median(string name, IEnumerable<IReadOnlyList<CurvePoint>> curves, double scale = 1)
    {
        var epochs = curves.SelectMany(curve => curve).GroupBy(point => point.Step).OrderBy(group => group.Key)
            .Select(group => (Epoch: group.Key, Sorted: (double[])[.. group.Select(point => point.Value * scale).Order()])).ToList();
        return new(name, [.. epochs.Select(epoch => new CurvePoint(epoch.Epoch, Quantile(epoch.Sorted, 0.5)))])
        {
            Band = [.. epochs.Select(epoch => new CurveBand(epoch.Epoch, Quantile(epoch.Sorted, Low), Quantile(epoch.Sorted, High)))],
        };
    }

    /// <summary>The curves of a chart as a table.</summary>
    public static ExperimentTable ToTable(string name, Chart chart) => new(name, chart.Title, ["line", "epoch", "median", "q10", "q90"],
        [.. chart.Series.SelectMany(series => series.Points.Zip(series.Band, (point, band) => (IReadOnlyList<object?>)[series.Name, point.Step, point.Value, band.Low, band.High]))]);

    private static double Quantile(double[] sorted, double share) => SortedArrayStatistics.QuantileCustom(sorted, share, QuantileDefinition.R7);

    private static double StepsAnEpoch(Recipe recipe)
    {
        var images = (double)TrainingData.Open(recipe, recipe.Data.Train, Split.Train).Count / recipe.Training.Batch;
        return recipe.Training.KeepLastBatch ? Math.Ceiling(images) : Math.Floor(images);
    }
}
