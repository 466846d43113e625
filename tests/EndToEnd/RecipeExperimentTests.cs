namespace Scenograph.Tests.EndToEnd;

/// <summary>The experiments that train models, at a tiny size.</summary>
public sealed class RecipeExperimentTests : IDisposable
{
    private static readonly string[] Tiny = ["--repetitions", "1", "--steps", "2", "--set", "training.batch=20", "--set", "data.options.count=40", "--threads", "1", "--quiet", "--json"];

    private readonly TemporaryFolder folder = new();

    public RecipeExperimentTests() => DigitFiles.Write(folder, "data/mnist/");

    [Theory]
    [InlineData("dvae --dataset full-mnist --estimators relax,exact", 2)]
    [InlineData("dvae-st --dataset simplified-mnist --estimators concrete", 1)]
    [InlineData("overclustering --dataset simplified-mnist --estimators reinforce", 3)]
    [InlineData("air-vs-dair --dataset multi-mnist", 2)]
    public void An_experiment_trains_prints_its_tables_and_draws_them_again_without_training(string arguments, int runs)
    {
        var measured = Run([.. arguments.Split(' '), .. Tiny, "-o", "out"]);
        Assert.True(measured.ExitCode == 0, measured.Error);
        var (page, table) = (File.ReadAllText(folder["out/report.html"]), File.ReadAllText(folder["out/results.csv"]));
        // Drawing needs none of the runs.
        Directory.Delete(folder["out/runs"], recursive: true);
        var loaded = Run(arguments.Split(' ')[0], "--load", "out", "-o", "again", "--json");

        Assert.Equal(runs + 1, File.ReadAllLines(folder["out/runs.csv"]).Length);
        Assert.Equal("ours", measured.Json.GetProperty("tables")[0].GetProperty("rows")[0].GetProperty("result").GetString());
        Assert.Equal(measured.Json.GetProperty("tables").GetRawText(), loaded.Json.GetProperty("tables").GetRawText());
        Assert.Equal(table, File.ReadAllText(folder["again/results.csv"]));
        Assert.Equal(WithoutEnvironment(page), WithoutEnvironment(File.ReadAllText(folder["again/report.html"])));
    }

    [Fact]
    public void Each_training_is_a_run_that_can_be_evaluated()
    {
        var measured = Run(["dvae", "--estimators", "exact", .. Tiny, "-o", "out"]);
        Assert.True(measured.ExitCode == 0, measured.Error);

        var evaluated = ScenographProgram.RunIn(folder.Path, "evaluate", "out/runs/full-mnist_d-vae_10_exact_0", "--json");

        Assert.True(evaluated.ExitCode == 0, evaluated.Error);
        var accuracy = evaluated.Json.GetProperty("metrics").GetProperty("class_acc").GetDouble();
        Assert.Equal(100 * accuracy, measured.Json.GetProperty("tables")[0].GetProperty("rows")[0].GetProperty("accuracy % best").GetDouble(), 1e-9);
    }

    [Fact]
    public async Task An_experiment_that_is_told_to_stop_saves_and_says_how_to_go_on()
    {
        using var process = ScenographProgram.Start(folder.Path, Environment, "experiment", "dvae", "--estimators", "exact", "--repetitions", "1", "--steps", "1000000", "--set", "training.batch=20",
            "--set", "data.options.count=40", "--set", "training.checkpoint_every=5", "--set", "training.validate_every=0", "--threads", "1", "-o", "out");
        await Waiting.ForCheckpoint(folder["out/runs/full-mnist_d-vae_10_exact_0"], 5, process);
        ScenographProgram.Signal(process, "TERM");
        var outcome = ScenographProgram.Finish(process);

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("the same command with -o out goes on", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("none of the 1 trainings is finished", Run("dvae", "--load", "out").OneSentence(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dvae --dataset full-mnit", "did you mean full-mnist?")]
    [InlineData("dvae-st --estimators relx", "did you mean relax?")]
    [InlineData("dvae --estimators disarm", "is none that dvae knows")]
    [InlineData("dvae --dataset letters", "not on this disk; expected emnist/")]
    [InlineData("overclustering --set model.size=4", "overclustering sets it itself")]
    [InlineData("air-vs-dair --set models=monet", "models is 'monet'; it must be both, air or dair")]
    [InlineData("dvae --load nowhere", "holds no experiment")]
    public void A_mistake_is_answered_with_one_sentence_and_leaves_nothing_behind(string arguments, string answer)
    {
        Assert.Contains(answer, Run(arguments.Split(' ')).OneSentence(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["runs"]));
    }

    public void Dispose() => folder.Dispose();

    private Dictionary<string, string?> Environment => new() { ["SCENOGRAPH_DATA"] = folder["data"] };

    private Outcome Run(params string[] arguments) => ScenographProgram.Run(folder.Path, TimeSpan.FromMinutes(2), Environment, ["experiment", .. arguments]);

    private static string WithoutEnvironment(string page) => page[..page.IndexOf("id=\"environment\"", StringComparison.Ordinal)];
}
