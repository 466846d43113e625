using Scenograph.Estimators;
using Scenograph.Experiments;
using Scenograph.Experiments.Toy;

namespace Scenograph.Tests.Unit.Experiments;

public sealed class ToyExperimentTests
{
    private const int Steps = 12;

    public static TheoryData<EstimatorKind> Noisy => [EstimatorKind.Reinforce, EstimatorKind.Nvil, EstimatorKind.Concrete, EstimatorKind.Rebar, EstimatorKind.Relax, EstimatorKind.LeaveOneOut];

    [Theory]
    [MemberData(nameof(Noisy))]
    public void A_repetition_alone_is_what_it_is_among_others(EstimatorKind kind)
    {
        var together = Run(kind, repetitions: 3, seed: 0);
        var alone = Run(kind, repetitions: 1, seed: 2);

        for (var step = 0; step < Steps; step++)
        {
            Assert.Equal(alone.Losses[step], together.Losses[2 * Steps + step], 1e-6);
            Assert.Equal(1, together.Variances[2 * Steps + step] / alone.Variances[step], 1e-3);
        }
    }

    [Fact]
    public void The_faithful_variance_of_NVIL_is_as_published_a_million_times_too_large()
    {
        var right = Run(EstimatorKind.Nvil, 1, 0, "variance_batch=1000");
        var faithful = Run(EstimatorKind.Nvil, 1, 0, "variance_batch=1000", "faithful_variance=true");

        Assert.Equal(2 * Math.Log(1000), Math.Log(faithful.Variances[0] / right.Variances[0]), 1e-3);
    }

    [Fact]
    public void The_faithful_variance_of_REBAR_differs_by_the_order_of_one_by_the_batch()
    {
        var right = Run(EstimatorKind.Rebar, 1, 0, "variance_batch=1000");
        var faithful = Run(EstimatorKind.Rebar, 1, 0, "variance_batch=1000", "faithful_variance=true");

        Assert.NotEqual(right.Variances[0], faithful.Variances[0]);
        Assert.Equal(1, faithful.Variances[0] / right.Variances[0], 0.01);
    }

    [Fact]
    public void The_exact_gradient_goes_towards_the_best_loss_without_variance()
    {
        var curves = Run(EstimatorKind.Exact, 3, 0);

        Assert.Equal(1, curves.Repetitions);
        Assert.True(curves.Losses[^1] < curves.Losses[0]);
        Assert.All(curves.Variances, variance => Assert.Equal(0, variance, 1e-12));
    }

    [Fact]
    public void Loading_draws_the_tables_that_were_measured()
    {
        using var folder = new TemporaryFolder();
        var experiment = new ToyReplication();
        var settings = Settings(experiment, 2, 0);
        var measured = ExperimentRunner.Run(experiment, settings, ExperimentFolder.Create(folder["run"], settings));
        var loaded = ExperimentRunner.Load(experiment, ExperimentFolder.Open(folder["run"]), folder["redrawn"]);

        Assert.Equal(measured.Tables.SelectMany(table => table.Texts).SelectMany(row => row), loaded.Tables.SelectMany(table => table.Texts).SelectMany(row => row));
        Assert.Equal(File.ReadAllText(folder["run/curves.csv"]), File.ReadAllText(folder["redrawn/curves.csv"]));
        Assert.True(File.Exists(folder["redrawn/report.html"]));
    }

    [Fact]
    public void What_an_interrupted_call_finished_is_not_done_again()
    {
        using var folder = new TemporaryFolder();
        var experiment = new ToyExperiment();
        var settings = Settings(experiment, 1, 0);
        experiment.Measure(settings, ExperimentFolder.Create(folder["run"], settings), null, default);
        var written = File.GetLastWriteTimeUtc(folder["run/rebar.safetensors"]);
        File.Delete(folder["run/relax.safetensors"]);

        ExperimentRunner.Run(experiment, settings, ExperimentFolder.Create(folder["run"], settings));

        Assert.Equal(written, File.GetLastWriteTimeUtc(folder["run/rebar.safetensors"]));
        Assert.True(File.Exists(folder["run/relax.safetensors"]));
    }

    [Fact]
    public void Every_published_table_of_hyper_parameters_is_there()
    {
        using var folder = new TemporaryFolder();
        var experiment = new ToyHyperparameters();
        var settings = ExperimentSettings.Resolve(experiment, new(1, 2, Set: ["variance_batch=4"]));
        var report = ExperimentRunner.Run(experiment, settings, ExperimentFolder.Create(folder["run"], settings));

        Assert.Equal(
            ["batch-size-1", "batch-size-1-course", "batch-size-50", "batch-size-50-course", "tune-rate-0.1", "tune-rate-0.01", "tune-rate-0.001", "temperature"],
            report.Tables.Select(table => table.Name));
        Assert.All(report.Tables, table => Assert.All(table.Rows, row => Assert.Equal(table.Columns.Count, row.Count)));
    }

    [Fact]
    public void Losses_and_variances_have_quantile_bands_over_repetitions()
    {
        using var folder = new TemporaryFolder();
        var experiment = new ToyExperiment();
        var settings = Settings(experiment, 3, 0);
        var report = ExperimentRunner.Run(experiment, settings, ExperimentFolder.Create(folder["run"], settings));

        var quantiles = report.Charts.Where(chart => chart.Title.Contains("median and quantiles", StringComparison.Ordinal)).ToList();
        string[] noisy = ["REINFORCE", "NVIL", "CONCRETE", "REBAR", "RELAX"];
        Assert.Equal([[.. noisy, "Exact gradient"], noisy], quantiles.Select(chart => chart.Series.Select(series => series.Name).ToArray()));
        Assert.All(quantiles.SelectMany(chart => chart.Series), series =>
        {
            Assert.Equal(Steps, series.Band.Count);
            Assert.All(series.Points.Zip(series.Band), pair => Assert.InRange(pair.First.Value, pair.Second.Low, pair.Second.High));
        });
        Assert.Contains(quantiles[1].Series.Single(series => series.Name == "REINFORCE").Band, band => band.Low < band.High);
    }

    [Fact]
    public void An_experiment_of_the_exact_gradient_alone_draws_no_empty_charts()
    {
        using var folder = new TemporaryFolder();
        var experiment = new ToyExperiment();
        var settings = Settings(experiment, 1, 0) with { Estimators = [EstimatorKind.Exact] };

        Assert.Equal(2, ExperimentRunner.Run(experiment, settings, ExperimentFolder.Create(folder["run"], settings)).Charts.Count);
    }

    private static ExperimentSettings Settings(Experiment experiment, int repetitions, long seed, params string[] set) =>
        ExperimentSettings.Resolve(experiment, new(repetitions, Steps, Seed: seed, Set: [.. new[] { "variance_batch=16" }, .. set]));

    private static ToyCurves Run(EstimatorKind kind, int repetitions, long seed, params string[] set)
    {
        var experiment = new ToyExperiment();
        var settings = Settings(experiment, repetitions, seed, set) with { Estimators = [kind] };
        return experiment.Cases(settings)[0].Run(settings, null, default);
    }
}
