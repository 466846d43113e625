using Scenograph.Evaluation;
using Scenograph.Reports;

namespace Scenograph.Experiments.Discrete;

/// <summary>
/// Experiments 01 and 02 of Borea 2021 (single_object_multi_class): D-VAE or D-VAE-ST with every gradient estimator; likelihood, divergence and
/// unsupervised accuracy, best, worst and mean of ten trainings.
/// </summary>
/// <param name="transformed">D-VAE-ST.</param>
public sealed class DVaeExperiment(bool transformed) : DVaeExperimentBase
{
    private static readonly Measure<Trained>[] Measures =
    [
        new("NLL", "nll", HighestIsBest: false, one => one.Result.NegativeLogLikelihood),
        new("KL", "kl", HighestIsBest: false, one => one.Result.Divergence),
        new("accuracy %", "accuracy", HighestIsBest: true, one => 100 * one.Result.Accuracy),
        new("empty clusters", null, HighestIsBest: false, one => one.Result.EmptyClusters) { MeanAlone = true },
    ];

    /// <inheritdoc/>
    public override string Name => transformed ? "dvae-st" : "dvae";

    /// <inheritdoc/>
    public override string Description =>
        $"{(transformed ? "D-VAE-ST" : "D-VAE")} with every estimator: likelihood, divergence and accuracy without a label, prototypes, reconstructions{(transformed ? ", transforms" : "")}.";

    /// <inheritdoc/>
    public override int Repetitions => 10;

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataSets => ["full-mnist", "simplified-mnist", "fashion-mnist", "letters"];

    private protected override string Model => transformed ? "d-vae-st" : "d-vae";

    internal override IReadOnlyList<PlannedRun> Plan(ExperimentSettings settings) =>
        [.. settings.Seeds.SelectMany(seed => settings.Estimators.Select(kind => Planned(settings, kind, seed)))];

    /// <inheritdoc/>
    public override ExperimentReport Draw(ExperimentSettings settings, ExperimentFolder folder)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(folder);
        var results = Results(folder, out var remark);
        var best = BestFirst(results);
        var rows = ByEstimator(settings, results).ToList();
        Chart[] charts =
        [
            Curves("Accuracy over the epochs, median and quantiles 0.1 to 0.9 over repetitions", "%", MetricNames.ClassAccuracy, 100),
            Curves("Negative log-likelihood over the epochs, median and quantiles 0.1 to 0.9 over repetitions", "nats", MetricNames.NegativeLogLikelihood, 1),
        ];
        return new()
        {
            Title = $"{Name}: {(transformed ? "D-VAE-ST" : "D-VAE")} on {settings.DataSet}",
            Summary = Lengths([.. results.Select(one => one.Run)]),
            Tables =
            [
                SpreadTable.Of("results", $"{settings.DataSet}: by estimator", ["estimator", "K"], Measures,
                    rows.SelectMany(group => group.GroupBy(one => one.Run.Size)).Select(group => new SpreadRow<Trained>(
                        [ExperimentSettings.LabelOf(group.First().Run.Estimator), group.Key], new(Name, settings.DataSet!, group.Key, group.First().Run.Estimator), [.. group])), Repetitions) with
                {
                    Remark = "NLL and KL in nats, means of the means over batches of 1000 pictures, with drawn classes and transforms; accuracy with the likeliest class and each cluster named by the best assignment. Published: Borea 2021, tables 4.3 and 4.4.",
                },
            ],
            Charts = [.. charts.Where(chart => chart.Series.Count > 0)],
            Figures =
            [
                Prototypes(folder, "best", best[0]),
                .. best.Count > 1 ? new[] { Prototypes(folder, "worst", best[^1]) } : [],
                .. Reconstructions(folder, best[0]),
            ],
            Data = [Runs(settings, results), EpochCurves.ToTable("accuracy-curves", charts[0]), EpochCurves.ToTable("nll-curves", charts[1])],
            Notes = [.. Notes(results, remark)],
        };

        Chart Curves(string title, string unit, string metric, double scale) => new(title, unit,
            [.. rows.Where(group => group.Any(one => one.Result.Curves.ContainsKey(metric)))
                .Select(group => EpochCurves.Median(ExperimentSettings.LabelOf(group.Key), group.Where(one => one.Result.Curves.ContainsKey(metric)).Select(one => one.Result.Curves[metric]), scale))],
            StepLabel: "epoch");
    }
}
