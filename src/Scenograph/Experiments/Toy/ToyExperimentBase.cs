using Scenograph.Estimators;
using Scenograph.Reports;
using Scenograph.Torch;

namespace Scenograph.Experiments.Toy;

/// <summary>What the toy experiments share: cases that are trained one after another, and their curves and tables.</summary>
public abstract class ToyExperimentBase : Experiment
{
    private static readonly int[] ShownSteps = [100, 1000, 2500];
    private static readonly string[] CurveNames = ["loss", "log variance"];
    private static readonly string[] CurveParts = ["mean", "std", "q10", "median", "q90"];

    /// <inheritdoc/>
    public override IReadOnlyList<EstimatorKind> MoreEstimators =>
        [.. Enum.GetValues<EstimatorKind>().Except(Estimators).Except([EstimatorKind.Disarm, EstimatorKind.Vimco])]; // of Bernoulli variables, of another objective

    /// <inheritdoc/>
    public override int Threads => 1;

    /// <inheritdoc/>
    public override Type OptionsType => typeof(ToyOptions);

    /// <summary>What is trained.</summary>
    internal abstract IReadOnlyList<ToyCase> Cases(ExperimentSettings settings);

    /// <inheritdoc/>
    public override void Measure(ExperimentSettings settings, ExperimentFolder folder, IProgress<string>? progress, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(folder);
        EngineInfo.KeepMemory();
        foreach (var toy in Cases(settings).Where(toy => !folder.Has(toy.Key))) toy.Save(folder, toy.Run(settings, progress, stop));
    }

    /// <summary>Errors, variances and times, as the original's tables have them; averages over repetitions and steps.</summary>
    internal static ExperimentTable Summary(string name, string title, IReadOnlyList<ToyResult> results) => new(
        name, title,
        ["estimator", "avg abs error x1000", "avg var x100", "avg log variance", "step ms", "step ms a repetition", "total s a repetition"],
        [.. results.Select(result => (IReadOnlyList<object?>)
        [
            result.Case.Label,
            1000 * result.Curves.Losses.Average(loss => Math.Abs(loss - result.Case.BestLoss)),
            100 * result.Curves.Variances.Average(variance => (double)variance),
            result.IsNoisy ? result.LogVariances.Mean.Average() : null,
            result.Curves.Milliseconds.Average(ms => (double)ms),
            result.Curves.Milliseconds.Average(ms => (double)ms) / result.Curves.Repetitions,
            result.Curves.Milliseconds.Sum(ms => (double)ms) / result.Curves.Repetitions / 1000,
        ])]);

    /// <summary>The curves at a few steps.</summary>
    internal static ExperimentTable Course(string name, string title, IReadOnlyList<ToyResult> results)
    {
        var last = results[0].Curves.Steps;
        int[] steps = [.. ShownSteps.Where(step => step < last), last];
        return new(name, title,
            ["estimator", .. steps.Select(step => $"loss@{step}"), "± std", "log variance@1", .. steps.Where(step => step is not 100 and not 2500).Select(step => $"@{step}"), "avg"],
            [.. results.Select(result =>
            {
                var (loss, variance, isNoisy) = (result.Losses, result.LogVariances, result.IsNoisy);
                return (IReadOnlyList<object?>)
                [
                    result.Case.Label, .. steps.Select(step => (object?)loss.Mean[step - 1]), loss.Deviation[^1],
                    isNoisy ? variance.Mean[0] : null, .. steps.Where(step => step is not 100 and not 2500).Select(step => isNoisy ? (object?)variance.Mean[step - 1] : null),
                    isNoisy ? variance.Mean.Average() : null,
                ];
            })],
            Digits: 6);
    }

    /// <summary>Losses and variances, each with both kinds of bands: as published, and quantiles. What has no lines is left out.</summary>
    internal static IEnumerable<Chart> Charts(string title, IReadOnlyList<ToyResult> results)
    {
        return Both("loss", "expected loss", results, result => result.Losses)
            .Concat(Both("log variance of gradient estimates", "ln variance", [.. results.Where(result => result.IsNoisy)], result => result.LogVariances));

        IEnumerable<Chart> Both(string what, string unit, IReadOnlyList<ToyResult> of, Func<ToyResult, ToyStatistics> measure) => of.Count == 0 ? [] :
        [
            new($"{title}{what}, mean ± standard deviation over repetitions", unit, [.. of.Select(result => measure(result).WithDeviation(result.Case.Label))]),
            new($"{title}{what}, median and quantiles 0.1 to 0.9 over repetitions", unit, [.. of.Select(result => measure(result).WithQuantiles(result.Case.Label))]),
        ];
    }

    /// <summary>All curves, one row a step.</summary>
    internal static ExperimentTable Curves(string name, IReadOnlyList<ToyResult> results) => new(name, "curves",
        ["step", .. results.SelectMany(result => CurveNames.SelectMany(what => CurveParts.Select(kind => $"{result.Case.Label} {what} {kind}")))],
        [.. Enumerable.Range(0, results[0].Curves.Steps).Select(step => (IReadOnlyList<object?>)
        [
            step + 1,
            .. results.SelectMany(result => new[] { result.Losses, result.LogVariances }
                .SelectMany(of => new object?[] { of.Mean[step], of.Deviation[step], of.Low[step], of.Median[step], of.High[step] })),
        ])]);

    /// <summary>What the exact gradient's end says of the optimum; nothing where all is well.</summary>
    internal static IReadOnlyList<string> Notes(IReadOnlyList<ToyResult> results) =>
    [
        .. results.Where(result => result.Case.Kind == EstimatorKind.Exact && Math.Pow(result.Case.BestLoss - result.Curves.Losses[^1], 2) > 1e-9)
            .Select(result => FormattableString.Invariant($"The exact gradient ended at a loss of {result.Curves.Losses[^1]:G7}, above the best possible {result.Case.BestLoss:G7}: there were too few steps.")),
    ];
}
