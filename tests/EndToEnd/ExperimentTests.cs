namespace Scenograph.Tests.EndToEnd;

public sealed class ExperimentTests
{
    [Fact]
    public void An_experiment_prints_its_tables_and_draws_them_again_without_training()
    {
        using var folder = new TemporaryFolder();
        var measured = ScenographProgram.RunIn(folder.Path, "experiment", "toy", "--repetitions", "2", "--steps", "3", "--estimators", "rebar,exact", "--set", "variance_batch=8", "-o", "toy", "--json", "--quiet");
        var loaded = ScenographProgram.RunIn(folder.Path, "experiment", "toy", "--load", "toy", "--json");

        Assert.True(measured.ExitCode == 0, measured.Error);
        Assert.Equal("REBAR", measured.Json.GetProperty("tables")[0].GetProperty("rows")[0].GetProperty("estimator").GetString());
        Assert.Equal(measured.Json.GetProperty("tables").GetRawText(), loaded.Json.GetProperty("tables").GetRawText());
        Assert.True(File.Exists(folder["toy/report.html"]));
        Assert.Equal(4, File.ReadAllLines(folder["toy/curves.csv"]).Length);
    }

    [Theory]
    [InlineData("toyy", "'toyy' is not an experiment; did you mean toy?")]
    [InlineData("toy --estimators relx", "did you mean relax?")]
    [InlineData("toy --repetitions 0", "a whole number of at least 1 is expected")]
    [InlineData("toy --set temprature=1", "did you mean temperature?")]
    [InlineData("toy --dataset mnist", "takes no --dataset")]
    [InlineData("toy --load nowhere", "holds no experiment")]
    [InlineData("toy --load nowhere --steps 5", "--load draws what the folder has")]
    [InlineData("toy --stps 5", "'--stps' is not an option; did you mean --steps?")]
    public void A_mistake_is_answered_with_one_sentence(string arguments, string answer)
    {
        using var folder = new TemporaryFolder();

        Assert.Contains(answer, ScenographProgram.RunIn(folder.Path, ["experiment", .. arguments.Split(' ')]).OneSentence(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_name_the_experiments_are_listed()
    {
        var outcome = ScenographProgram.Run("experiment");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("toy-hyperparameters", outcome.Output, StringComparison.Ordinal);
    }
}
