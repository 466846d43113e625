using Scenograph.Estimators;
using Scenograph.Torch;

namespace Scenograph.Experiments.Toy;

/// <summary>One curve of a toy experiment: an estimator with its options.</summary>
/// <param name="Key">File name of its raw results.</param>
/// <param name="Label">In tables and legends.</param>
/// <param name="Kind">The estimator.</param>
/// <param name="Options">Of the run.</param>
/// <param name="Target">t.</param>
internal sealed record ToyCase(string Key, string Label, EstimatorKind Kind, ToyOptions Options, IReadOnlyList<double> Target)
{
    private const string LossesName = "losses";
    private const string VariancesName = "vars_grad";
    private const string TimesName = "elapsed_ms";
    private const double BaselineRate = 0.1;
    private const double OtherRate = 0.01;

    /// <summary>The smallest loss there is: all mass on the class with the largest target.</summary>
    public double BestLoss => Enumerable.Range(0, Target.Count).Min(k => Target.Select((t, i) => Math.Pow((i == k ? 1 : 0) - t, 2)).Average());

    /// <summary>All repetitions together; without noise one says all.</summary>
    public ToyRun Create(ExperimentSettings settings)
    {
        ulong[] seeds = [.. Kind == EstimatorKind.Exact ? settings.Seeds.Take(1) : settings.Seeds];
        var run = new ToyRun.Options(Target, settings.Steps!.Value, Options.BatchSize, Options.VarianceBatch, Options.LearningRate,
            Options.TuneRate ?? (Kind == EstimatorKind.Nvil ? BaselineRate : OtherRate), Options.FaithfulVariance);
        var original = Options.OriginalEstimators;
        var estimator = new EstimatorOptions(Kind, Kind is EstimatorKind.Concrete or EstimatorKind.StraightThrough ? Options.Temperature : null, Options.Samples,
                BroadcastBaseline: original, LearnEta: !original, Clamp: original)
            .Create(() => new RepeatedLinear(1, 1, seeds), _ => new ToySurrogate(new RepeatedLinear(Target.Count, Target.Count, seeds), seeds.Length), seeds.Length);
        return new ToyRun(run, estimator, new RepetitionNoise(seeds), seeds.Length);
    }

    /// <summary>Trains and measures.</summary>
    public ToyCurves Run(ExperimentSettings settings, IProgress<string>? progress, CancellationToken stop)
    {
        using var toy = Create(settings);
        return toy.Run(progress is null ? null : new Steps(this, settings.Steps!.Value, progress), stop);
    }

    public void Save(ExperimentFolder folder, ToyCurves curves) => folder.Save(Key,
        (LossesName, curves.Losses, [curves.Repetitions, curves.Steps]), (VariancesName, curves.Variances, [curves.Repetitions, curves.Steps]), (TimesName, curves.Milliseconds, [curves.Steps]));

    public ToyCurves Load(ExperimentFolder folder)
    {
        var arrays = folder.Load(Key);
        return arrays.TryGetValue(LossesName, out var losses) && arrays.TryGetValue(VariancesName, out var variances) && arrays.TryGetValue(TimesName, out var times)
            && times.Length > 0 && losses.Length > 0 && losses.Length % times.Length == 0 && variances.Length == losses.Length
            ? new(losses, variances, times, losses.Length / times.Length)
            : throw new InputException($"{folder.FolderPath}: {Key}.safetensors holds no curves of a toy experiment");
    }

    private sealed class Steps(ToyCase toy, int steps, IProgress<string> progress) : IProgress<int>
    {
        public void Report(int value)
        {
            if (value == steps || value % 100 == 0) progress.Report($"{toy.Label}: step {value} of {steps}");
        }
    }
}
