using System.Text.Json;

namespace Scenograph.Tests.EndToEnd;

[Collection(WithTrainedRun.Name)]
public sealed class EvaluateTests(TrainedRun run)
{
    [Fact]
    public void The_answer_is_metrics_images_and_seconds()
    {
        var outcome = Evaluate("run", "--data", "sprites-(16,16)", "--images", "6", "--json");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(["metrics", "images", "seconds"], outcome.Json.EnumerateObject().Select(pair => pair.Name));
        Assert.Equal(6, outcome.Json.GetProperty("images").GetInt32());
        Assert.True(outcome.Json.GetProperty("seconds").GetDouble() > 0);
        Assert.All(["ARI", "ARI-FG", "mIoU", "mSC", "DICE", "acc", "MSE"], name => Assert.Equal(JsonValueKind.Number, outcome.Json.GetProperty("metrics").GetProperty(name).ValueKind));
    }

    [Fact]
    public void The_same_seed_gives_the_same_metrics_and_another_one_others()
    {
        string Metrics(params string[] more) => Evaluate(["run", "--json", .. more]).Json.GetProperty("metrics").GetRawText();

        Assert.Equal(Metrics("--seed", "5"), Metrics("--seed", "5"));
        Assert.Equal(Metrics(), Metrics());
        Assert.NotEqual(Metrics("--seed", "5"), Metrics("--seed", "6"));
    }

    [Fact]
    public void Evaluation_after_training_gives_what_training_printed() => Assert.Equal(
        run.Training.Json.GetProperty("metrics").GetRawText(), Evaluate("run", "--json").Json.GetProperty("metrics").GetRawText());

    [Fact]
    public void Results_are_kept_in_the_run_and_where_else_they_are_wanted()
    {
        Assert.Equal(0, Evaluate("run", "--images", "5", "--csv", "mine.csv").ExitCode);

        var rows = File.ReadAllLines(run["evaluation.csv"]);
        Assert.Equal(6, rows.Length);
        Assert.All(rows, row => Assert.Equal(rows[0].Count(letter => letter == ','), row.Count(letter => letter == ',')));
        Assert.Equal(rows, File.ReadAllLines(Path.Combine(run.Place, "mine.csv")));
        using var json = JsonDocument.Parse(File.ReadAllText(run["evaluation.json"]));
        Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);
    }

    [Fact]
    public void A_checkpoint_file_alone_can_be_evaluated()
    {
        var alone = Path.Combine(run.Place, "alone.safetensors");
        File.Copy(run["checkpoints/best.safetensors"], alone, overwrite: true);

        Assert.Equal(
            Evaluate("run", "--checkpoint", "best", "--json").Json.GetProperty("metrics").GetRawText(),
            Evaluate("alone.safetensors", "--json").Json.GetProperty("metrics").GetRawText());
    }

    [Theory]
    [InlineData("nowhere", "nowhere does not exist")]
    [InlineData("run --checkpoint step-7", "has no checkpoint 'step-7'; there are best, last")]
    [InlineData("run --data sprites-(32,32)", "has images of 3x32x32, the model takes 3x16x16")]
    [InlineData("run --data spritse", "there is no data set 'spritse'")]
    [InlineData("run --csv nowhere/mine.csv --images 1", "nowhere/mine.csv")]
    [InlineData("tiny.yaml", "tiny.yaml")]
    public void A_wrong_request_is_refused_with_what_is_wrong(string line, string part) =>
        Assert.Contains(part, Evaluate([.. line.Split(' '), "--json"]).OneSentence(), StringComparison.Ordinal);

    private Outcome Evaluate(params string[] arguments) => ScenographProgram.RunIn(run.Place, ["evaluate", .. arguments]);
}
