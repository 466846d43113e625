using Scenograph.Estimators;
using Scenograph.Reports;

namespace Scenograph.Experiments.Discrete;

/// <summary>
/// Experiment 03 of Borea 2021 (single_object_multi_class): D-VAE-ST with as many clusters as classes, one more and two more. Clusters beyond the
/// classes each take their commonest class.
/// </summary>
public sealed class OverClustering : DVaeExperimentBase
{
    private const int MostExtra = 2;

    private static readonly Measure<Trained>[] Measures = [new("accuracy %", "accuracy", HighestIsBest: true, one => 100 * one.Result.Accuracy)];

    /// <inheritdoc/>
    public override string Name => "overclustering";

    /// <inheritdoc/>
    public override string Description => "D-VAE-ST with as many clusters as classes, one more and two more: accuracy without a label.";

    /// <inheritdoc/>
    public override int Repetitions => 5;

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataSets => ["full-mnist", "simplified-mnist", "fashion-mnist", "letters"];

    private protected override string Model => "d-vae-st";

    private protected override IReadOnlyList<(string Key, string Option)> OwnKeys => [.. base.OwnKeys, ("model.size", "the recipe's number of classes, and one and two more")];

    internal override IReadOnlyList<PlannedRun> Plan(ExperimentSettings settings)
    {
        var classes = Planned(settings, settings.Estimators[0], 0).Name.Size;
        return [.. settings.Seeds.SelectMany(seed => Enumerable.Range(classes, MostExtra + 1).SelectMany(clusters => settings.Estimators.Select(kind => Planned(settings, kind, seed, clusters))))];
    }

    /// <inheritdoc/>
    public override ExperimentReport Draw(ExperimentSettings settings, ExperimentFolder folder)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(folder);
        var results = Results(folder, out var remark);
        var estimators = ByEstimator(settings, results).ToList();
        var best = results.GroupBy(one => one.Run.Size).OrderBy(group => group.Key).Select(group => BestFirst(group)[0]).ToList();
        return new()
        {
            Title = $"{Name}: D-VAE-ST with more clusters than classes on {settings.DataSet}",
            Summary = Lengths([.. results.Select(one => one.Run)]),
            Tables =
            [
                SpreadTable.Of("results", $"{settings.DataSet}: by estimator and number of clusters", ["estimator", "K"], Measures,
                    estimators.SelectMany(group => group.GroupBy(one => one.Run.Size).OrderBy(size => size.Key)).Select(group => new SpreadRow<Trained>(
                        [ExperimentSettings.LabelOf(group.First().Run.Estimator), group.Key], Key(settings, group.First().Run), [.. group])), Repetitions) with
                {
                    Remark = "With as many clusters as classes each class is given once (best assignment), with more each cluster takes its commonest class: the two are not comparable with each other. Published: Borea 2021, table 4.5.",
                },
            ],
            Charts = results.All(one => one.Result.Accuracy is null) ? [] :
            [
                new("Accuracy over the number of clusters: mean, worst to best", "%", [.. estimators.Select(group => Line(group.Key, Sizes(group).Select(size =>
                    (size.Key, Spread.Of(size.Select(Measures[0].Of), highestIsBest: true)))))], StepLabel: "clusters"),
                new("The same as published", "%", [.. estimators.Select(group => Line(group.Key, Sizes(group).Select(size =>
                    (size.Key, PublishedResults.Find(Key(settings, size.First().Run), Measures[0].Key!))))).Where(series => series.Points.Count > 0)], StepLabel: "clusters"),
            ],
            Figures = [.. best.Select(one => Prototypes(folder, $"best with {one.Run.Size} clusters", one))],
            Data = [Runs(settings, results)],
            Notes = [.. Notes(results, remark)],
        };
    }

    private PublishedKey Key(ExperimentSettings settings, RunName run) => new(Name, settings.DataSet!, run.Size, run.Estimator);

    private static IEnumerable<IGrouping<int, Trained>> Sizes(IEnumerable<Trained> results) => results.GroupBy(one => one.Run.Size).OrderBy(group => group.Key);

    private static Series Line(EstimatorKind kind, IEnumerable<(int Size, Spread? Spread)> sizes)
    {
        var known = sizes.Where(size => size.Spread is not null).Select(size => (size.Size, Spread: size.Spread!)).ToList();
        return new(ExperimentSettings.LabelOf(kind), [.. known.Select(one => new CurvePoint(one.Size, one.Spread.Mean))])
        {
            Band = [.. known.Select(one => new CurveBand(one.Size, one.Spread.Worst, one.Spread.Best))],
        };
    }
}
