using Scenograph.Estimators;
using Scenograph.Reports;

namespace Scenograph.Experiments.Toy;

/// <summary>Experiment 03 of Borea 2021: the toy problem with other batch sizes, tuning rates and temperatures.</summary>
public sealed class ToyHyperparameters : ToyExperimentBase
{
    private static readonly double[] Target = [0.34, 0.33, 0.33];
    private static readonly int[] BatchSizes = [1, 50];
    private static readonly double[] TuneRates = [0.1, 0.01, 0.001];
    private static readonly double[] Temperatures = [0.2, 0.6, 2.0];
    private static readonly EstimatorKind[] Tuned = [EstimatorKind.Nvil, EstimatorKind.Rebar, EstimatorKind.Relax];

    /// <inheritdoc/>
    public override string Name => "toy-hyperparameters";

    /// <inheritdoc/>
    public override string Description => "Vary batch size, tuning rate and temperature of the toy problem, one at a time.";

    /// <inheritdoc/>
    public override int Repetitions => 25;

    /// <inheritdoc/>
    public override int? Steps => 5000;

    /// <inheritdoc/>
    public override IReadOnlyList<EstimatorKind> Estimators =>
        [EstimatorKind.Reinforce, EstimatorKind.Nvil, EstimatorKind.Concrete, EstimatorKind.Rebar, EstimatorKind.Relax, EstimatorKind.Exact];

    internal override IReadOnlyList<ToyCase> Cases(ExperimentSettings settings) =>
        [.. BatchSizes.SelectMany(size => OfBatchSize(settings, size)).Concat(TuneRates.SelectMany(rate => OfTuneRate(settings, rate))).Concat(OfTemperatures(settings)).DistinctBy(toy => toy.Key)];

    /// <inheritdoc/>
    public override ExperimentReport Draw(ExperimentSettings settings, ExperimentFolder folder)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var all = Cases(settings).ToDictionary(toy => toy.Key, toy => new ToyResult(toy, toy.Load(folder)));
        List<ToyResult> Results(IEnumerable<ToyCase> cases) => [.. cases.Select(toy => all[toy.Key])];

        var (tables, charts, data) = (new List<ExperimentTable>(), new List<Chart>(), new List<ExperimentTable>());
        foreach (var size in BatchSizes)
        {
            var results = Results(OfBatchSize(settings, size));
            tables.Add(Summary($"batch-size-{size}", $"batch size {size}", results));
            tables.Add(Course($"batch-size-{size}-course", $"batch size {size}: losses and log variances at a few steps", results));
            charts.AddRange(Charts($"batch size {size}: ", results));
            data.Add(Curves($"batch-size-{size}-curves", results));
        }
        foreach (var rate in TuneRates)
        {
            var results = Results(OfTuneRate(settings, rate));
            if (results.Count > 0) tables.Add(Summary(FormattableString.Invariant($"tune-rate-{rate}"), FormattableString.Invariant($"tuning rate {rate}"), results));
        }
        var temperatures = Results(OfTemperatures(settings));
        if (temperatures.Count > 0)
        {
            tables.Add(Summary("temperature", "temperature of CONCRETE", temperatures));
            charts.AddRange(Charts("temperature: ", temperatures));
            data.Add(Curves("temperature-curves", temperatures));
        }
        return new()
        {
            Title = $"{Name}: batch size, tuning rate and temperature",
            Summary = $"{settings.Repetitions} repetitions of {settings.Steps} steps.",
            Tables = tables,
            Charts = charts,
            Data = data,
        };
    }

    private static IEnumerable<ToyCase> OfBatchSize(ExperimentSettings settings, int size) =>
        settings.Estimators.Select(kind => Case(settings, kind, "batch_size", size, options => options with { BatchSize = size }));

    private static IEnumerable<ToyCase> OfTuneRate(ExperimentSettings settings, double rate) =>
        settings.Estimators.Where(kind => Tuned.Contains(kind)).Select(kind => Case(settings, kind, "tune_lr", rate, options => options with { TuneRate = rate })).Concat(Exact(settings));

    private static IEnumerable<ToyCase> OfTemperatures(ExperimentSettings settings) => settings.Estimators.Contains(EstimatorKind.Concrete)
        ? Temperatures.Select(temperature => Case(settings, EstimatorKind.Concrete, "temp", temperature, options => options with { Temperature = temperature })).Concat(Exact(settings))
        : [];

    /// <summary>Which none of these options changes.</summary>
    private static IEnumerable<ToyCase> Exact(ExperimentSettings settings) =>
        settings.Estimators.Contains(EstimatorKind.Exact) ? [Case(settings, EstimatorKind.Exact, "batch_size", 1, options => options with { BatchSize = 1 })] : [];

    private static ToyCase Case(ExperimentSettings settings, EstimatorKind kind, string key, double value, Func<ToyOptions, ToyOptions> change) => new(
        FormattableString.Invariant($"{ExperimentSettings.NameOf(kind)}-{key}-{value}"),
        key == "temp" ? FormattableString.Invariant($"CONCRETE temp={value}") : ExperimentSettings.LabelOf(kind),
        kind, change(settings.Options<ToyOptions>()), Target);
}
