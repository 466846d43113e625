using Scenograph.Estimators;
using Scenograph.Experiments;
using Scenograph.Experiments.Discrete;
using Scenograph.Reports;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Experiments;

/// <summary>Tables and figures of made-up raw results.</summary>
public sealed class DiscreteExperimentTests : IDisposable
{
    private const int Side = 4;

    private readonly TemporaryFolder folder = new();

    [Fact]
    public void A_table_has_best_worst_and_mean_of_the_runs_and_the_published_numbers_below()
    {
        var report = Draw(new DVaeExperiment(transformed: true), new(Estimators: ["relax"]), Run(10, EstimatorKind.Relax, 0, 0.9), Run(10, EstimatorKind.Relax, 1, 0.7));

        Assert.Equal(["RELAX", "10", "ours", "2", "69.10", "69.30", "69.20", "17.00", "17.00", "17.00", "90.00", "70.00", "80.00", "1.00"], report.Tables[0].Texts[0]);
        Assert.Equal(["RELAX", "10", "published", "10", "66.82", "71.73", "70.44", "16.76", "17.47", "17.03", "93.52", "68.50", "77.30", "–"], report.Tables[0].Texts[1]);
    }

    [Fact]
    public void Nothing_stands_beside_a_number_of_clusters_that_was_not_published()
    {
        var report = Draw(new DVaeExperiment(transformed: true), new(Estimators: ["relax"]), Run(20, EstimatorKind.Relax, 0, 0.9));

        Assert.Equal(["ours"], report.Tables[0].Texts.Select(row => row[2]));
    }

    [Fact]
    public void Rows_are_in_the_order_that_the_estimators_were_asked_for()
    {
        var report = Draw(new DVaeExperiment(transformed: false), new(DataSet: "simplified-mnist", Estimators: ["exact", "leave-one-out", "nvil"]),
            Run(3, EstimatorKind.Nvil, 0, 0.5), Run(3, EstimatorKind.Exact, 0, 0.6), Run(3, EstimatorKind.LeaveOneOut, 0, 0.7));

        Assert.Equal(["Exact gradient", "Exact gradient", "leave-one-out", "NVIL", "NVIL"], report.Tables[0].Texts.Select(row => row[0]));
    }

    [Fact]
    public void Where_no_class_is_known_accuracies_are_empty_and_best_is_the_best_bound()
    {
        var report = Draw(new DVaeExperiment(transformed: false), new(Estimators: ["rebar"]), Run(7, EstimatorKind.Rebar, 0, null), Run(7, EstimatorKind.Rebar, 1, null));

        Assert.Equal(["–", "–", "–", "–"], report.Tables[0].Texts[0].TakeLast(4));
        Assert.Equal("", report.Data[0].FullTexts.First().ElementAt(8));
        Assert.Contains("best: REBAR, K = 7, seed 0, bound -86.10 nats", report.Figures[0].Caption, StringComparison.Ordinal);
        Assert.Contains(report.Notes, note => note.Contains("no accuracy", StringComparison.Ordinal));
    }

    [Fact]
    public void The_best_and_the_worst_run_show_their_prototypes_by_the_classes_of_their_clusters()
    {
        var report = Draw(new DVaeExperiment(transformed: true), new(Estimators: ["relax", "exact"]), Run(10, EstimatorKind.Relax, 3, 0.9), Run(10, EstimatorKind.Exact, 1, 0.5), Run(10, EstimatorKind.Exact, 2, 0.7));

        Assert.Contains("best: RELAX, K = 10, seed 3, accuracy 90.00 %", report.Figures[0].Caption, StringComparison.Ordinal);
        Assert.Contains("worst: Exact gradient, K = 10, seed 1, accuracy 50.00 %", report.Figures[1].Caption, StringComparison.Ordinal);
        Assert.Equal(["0 · 5", "1 · 6", "2 · 7", "3 · 8", "4 · 9"], report.Figures[0].ColumnTitles);
        Assert.Equal(4, report.Figures.Count); // and reconstructions, and the transforms of a prototype
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(4, 4)]
    [InlineData(5, 3)]
    [InlineData(14, 7)]
    [InlineData(26, 7)]
    public void Prototypes_are_laid_out_as_published(int clusters, int columns)
    {
        var report = Draw(new DVaeExperiment(transformed: false), new(Estimators: ["relax"]), Run(clusters, EstimatorKind.Relax, 0, null));

        Assert.Equal(columns, report.Figures[0].ColumnTitles.Count);
    }

    [Fact]
    public void An_interrupted_experiment_is_drawn_with_what_is_finished()
    {
        var report = Draw(new DVaeExperiment(transformed: true), new(Estimators: ["relax"]), Run(10, EstimatorKind.Relax, 0, 0.9), new(Name(10, EstimatorKind.Relax, 1), null));

        Assert.Equal("1", report.Tables[0].Texts[0][3]);
        Assert.Contains("1 of 2 trainings are finished; the rest is not in here.", report.Notes);
    }

    [Fact]
    public void An_experiment_without_a_finished_training_is_not_drawn()
    {
        var refusal = Assert.Throws<InputException>(() => Draw(new DVaeExperiment(transformed: true), new(Estimators: ["relax"]), new MadeUp(Name(10, EstimatorKind.Relax, 1), null)));

        Assert.Contains("none of the 1 trainings is finished", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Over_clustering_has_a_row_a_number_of_clusters_and_a_line_an_estimator()
    {
        var report = Draw(new OverClustering(), new(DataSet: "simplified-mnist", Estimators: ["concrete", "exact"]),
            [.. new[] { EstimatorKind.Concrete, EstimatorKind.Exact }.SelectMany(kind => new[] { 3, 4, 5 }.Select(size => Run(size, kind, 0, 0.5 + 0.1 * size)))]);

        Assert.Equal(["3", "3", "4", "4", "5", "5"], report.Tables[0].Texts.Take(6).Select(row => row[1]));
        Assert.Equal(["CONCRETE", "4", "published", "5", "99.66", "99.65", "99.66"], report.Tables[0].Texts[3]);
        Assert.Equal([80.0, 90, 100], report.Charts[0].Series[0].Points.Select(point => Math.Round(point.Value, 6)));
        Assert.Equal([56.53, 79.56, 99.48], report.Charts[1].Series[1].Points.Select(point => point.Value));
    }

    [Fact]
    public void AIR_stands_beside_DAIR_with_what_was_published_of_both()
    {
        var report = Draw(new AirVsDair(), new(), Glimpses("air", 0, 0.98, nvil: 0.1), Glimpses("air", 1, 0.58, nvil: 0.3), Glimpses("dair", 0, 0.8, nvil: null));

        Assert.Equal(["AIR", "NVIL", "10", "ours", "2", "98.00", "58.00", "78.00", "21.00", "21.00", "21.00", "0.10", "0.30", "0.20"], report.Tables[0].Texts[0]);
        Assert.Equal(["AIR", "NVIL", "10", "published", "10", "98.37", "57.91", "85.10", "20.22", "22.93", "21.15", "-0.02", "0.42", "0.12"], report.Tables[0].Texts[1]);
        Assert.Equal("–", report.Tables[0].Texts[2][^1]);
        Assert.Equal(["–", "–", "–"], report.Tables[1].Texts[0].TakeLast(3)); // AIR has no classes
        Assert.Equal("62.50", report.Tables[1].Texts[1][^1]);
        Assert.Equal(3, report.Figures.Count); // both attend, DAIR has prototypes
    }

    [Fact]
    public void Published_means_lie_between_worst_and_best_but_for_the_misprint()
    {
        var odd = new List<string>();
        foreach (var (table, sets, sizes, measures) in new (string, string[], int[], string[])[]
        {
            ("dvae", ["simplified-mnist", "full-mnist", "fashion-mnist", "letters"], [3, 10, 26], ["nll", "kl", "accuracy"]),
            ("dvae-st", ["simplified-mnist", "full-mnist", "fashion-mnist", "letters"], [3, 10, 26], ["nll", "kl", "accuracy"]),
            ("overclustering", ["simplified-mnist", "full-mnist", "fashion-mnist"], [3, 4, 5, 10, 11, 12], ["accuracy"]),
            ("air", ["multi-mnist"], [10], ["count_accuracy", "squared_error", "nvil"]),
            ("dair", ["multi-mnist"], [10], ["count_accuracy", "squared_error", "nvil"]),
        })
        {
            var rows = sets.SelectMany(set => sizes.SelectMany(size => Enum.GetValues<EstimatorKind>().SelectMany(kind => measures.Select(measure => (Measure: measure, Key: new PublishedKey(table, set, size, kind))))));
            var spreads = rows.Select(row => (row.Measure, row.Key, Spread: PublishedResults.Find(row.Key, row.Measure))).Where(row => row.Spread is not null).ToList();
            Assert.NotEmpty(spreads);
            odd.AddRange(spreads.Where(row => row.Spread!.Mean < Math.Min(row.Spread.Best, row.Spread.Worst) || row.Spread.Mean > Math.Max(row.Spread.Best, row.Spread.Worst)).Select(row => $"{row.Key.Table} {row.Measure}"));
        }

        Assert.Equal(["dair count_accuracy"], odd);
    }

    [Fact]
    public void Curves_are_medians_with_quantiles_over_repetitions()
    {
        var series = EpochCurves.Median("x", [[new(1, 0.1), new(2, 0.2)], [new(1, 0.3), new(2, 0.2)], [new(1, 0.2)]], scale: 100);

        Assert.Equal([new CurvePoint(1, 20), new CurvePoint(2, 20)], series.Points);
        Assert.Equal(12, series.Band[0].Low, 1e-9);
        Assert.Equal(28, series.Band[0].High, 1e-9);
    }

    [Fact]
    public void Broken_results_are_refused_in_one_sentence()
    {
        var experiment = new DVaeExperiment(transformed: true);
        var run = Run(10, EstimatorKind.Relax, 0, 0.9);
        Draw(experiment, new(Estimators: ["relax"]), run);
        folder.Write($"run/{run.Name.Key}.json", "{\"accuracy\": 1}"u8);

        Assert.Contains("not the results of an experiment", Assert.Throws<InputException>(() => ExperimentRunner.Load(experiment, ExperimentFolder.Open(folder["run"]))).Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    /// <summary>A training with its results; null where it is not finished.</summary>
    private sealed record MadeUp(RunName Name, Action<ExperimentFolder>? Save);

    private ExperimentReport Draw(Experiment experiment, ExperimentRequest request, params MadeUp[] runs)
    {
        var settings = ExperimentSettings.Resolve(experiment, request);
        var target = ExperimentFolder.Create(folder["run"], settings);
        target.SaveRecord("plan", runs.Select(run => run.Name));
        foreach (var run in runs) run.Save?.Invoke(target);
        var report = ExperimentRunner.Load(experiment, target);
        Assert.All(report.Tables.Concat(report.Data), table => Assert.All(table.Rows, row => Assert.Equal(table.Columns.Count, row.Count)));
        return report;
    }

    private static RunName Name(int size, EstimatorKind kind, long seed, string model = "d-vae-st") => new($"made-up_{model}_{size}_{kind}_{seed}", model, kind, size, seed, 100);

    private static MadeUp Run(int size, EstimatorKind kind, long seed, double? accuracy)
    {
        var name = Name(size, kind, seed);
        int[] shape = [1, Side, Side];
        string[]? names = accuracy is null ? null : [.. Enumerable.Range(0, size).Reverse().Select(k => $"{k}")];
        var result = new DVaeResult(69.1 + 0.2 * seed, 17, accuracy, accuracy is null ? null : 1, accuracy is null ? null : 0, names, shape,
            accuracy is { } end ? new Dictionary<string, IReadOnlyList<CurvePoint>> { ["class_acc"] = [new(1, end)] } : new Dictionary<string, IReadOnlyList<CurvePoint>>());
        float[] Planes(int count) => [.. Enumerable.Range(0, count * Side * Side).Select(i => i % 7 / 7f)];
        return new(name, folder =>
        {
            folder.SaveRecord(name.Key, result);
            new DVaePictures(Planes(size), Planes(7), Planes(7), Planes(7), Planes(6 * DVaePictures.Changes.Count)).Save(folder, name.Key, shape);
        });
    }

    private static MadeUp Glimpses(string model, long seed, double accuracy, double? nvil)
    {
        var name = Name(10, EstimatorKind.Nvil, seed, model);
        var isDair = model == "dair";
        var result = new GlimpseResult(accuracy, 21, nvil, 0.5, 3, isDair ? 0.625 : null, isDair ? ["3", null] : null, [1, Side, Side], 2, new Dictionary<string, IReadOnlyList<CurvePoint>>());
        return new(name, folder =>
        {
            folder.SaveRecord(name.Key, result);
            folder.Save(name.Key, ("inputs", new float[Side * Side], [1, 1, Side, Side]), ("reconstructions", new float[Side * Side], [1, 1, Side, Side]),
                ("boxes", [0, 1, 2, 3, 0, 0, 0, 0], [1, 2, 4]), ("presence", [1, 0], [1, 2]), ("prototypes", new float[8], [2, 1, 2, 2]));
        });
    }
}
