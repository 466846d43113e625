using System.Text.Json;

namespace Scenograph.Tests.EndToEnd;

[Collection(WithTrainedRun.Name)]
public sealed class EvaluateTests(TrainedRun run)
{
    [Fact]
    public void The_answer_is_metrics_images_seconds_and_a_table_by_objects()
    {
        var outcome = Evaluate("run", "--data", "sprites-(16,16)", "--images", "6", "--json");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(["metrics", "images", "seconds", "data", "components", "by_objects", "clusters"], outcome.Json.EnumerateObject().Select(pair => pair.Name));
        Assert.Equal((6, "sprites-(16,16)"), (outcome.Json.GetProperty("images").GetInt32(), outcome.Json.GetProperty("data").GetString()));
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
        Assert.Equal(0, Evaluate("run", "--images", "5", "--components", "4", "--set", "sprites.maximum_objects=3", "--csv", "mine.csv").ExitCode);

        var rows = File.ReadAllLines(run["evaluation.csv"]);
        Assert.Equal(6, rows.Length);
        Assert.All(rows, row => Assert.Equal(rows[0].Count(letter => letter == ','), row.Count(letter => letter == ',')));
        Assert.Equal(rows, File.ReadAllLines(Path.Combine(run.Place, "mine.csv")));
        using var json = JsonDocument.Parse(File.ReadAllText(run["evaluation.json"]));
        Assert.Equal(("sprites-(16,16)", 4, "sprites.maximum_objects=3"),
            (json.RootElement.GetProperty("data").GetString(), json.RootElement.GetProperty("components").GetInt32(), Assert.Single(json.RootElement.GetProperty("set").EnumerateArray()).GetString()));
    }

    [Fact]
    public void Scores_by_the_true_number_of_objects_stand_in_table_json_and_csv()
    {
        var rows = Evaluate("run", "--images", "20", "--json").Json.GetProperty("by_objects").EnumerateArray().ToArray();
        var table = Evaluate("run", "--images", "20");

        Assert.Equal([2, 3, 4], rows.Select(row => row.GetProperty("objects").GetInt32()));
        Assert.Equal(20, rows.Sum(row => row.GetProperty("images").GetInt32()));
        Assert.Contains("by num_objects", table.Output, StringComparison.Ordinal);
        Assert.Matches(@"│ 2 +│ \d+ +│ -?0\.\d{4} +│", table.Output);
        var csv = File.ReadAllLines(run["evaluation-by-objects.csv"]);
        Assert.StartsWith("num_objects,count,ARI,ARI-FG,mIoU", csv[0], StringComparison.Ordinal);
        Assert.Equal(rows.Select(row => $"{row.GetProperty("objects")},{row.GetProperty("images")}"), csv[1..].Select(row => string.Join(',', row.Split(',')[..2])));
    }

    [Fact]
    public void More_components_and_more_objects_than_in_training_can_be_measured()
    {
        var outcome = Evaluate("run", "--components", "7", "--set", "sprites.minimum_objects=5", "--set", "sprites.maximum_objects=6", "--set", "sprites.minimum_visible=0.1", "--json");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(7, outcome.Json.GetProperty("components").GetInt32());
        Assert.All(outcome.Json.GetProperty("by_objects").EnumerateArray(), row => Assert.InRange(row.GetProperty("objects").GetInt32(), 5, 6));
        Assert.NotEqual(outcome.Json.GetProperty("metrics").GetRawText(), Evaluate("run", "--json").Json.GetProperty("metrics").GetRawText());
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
    [InlineData("run --components 0", "--components is '0'; a whole number of at least 1 is expected")]
    [InlineData("run --components 256", "1 to 255 can be measured")]
    [InlineData("run --set sprites.siz=3", "did you mean data.options.sprites.size?")]
    [InlineData("run --set maximum_objects=3", "generated sets have options of their own, e.g. sprites.maximum_objects")]
    [InlineData("tiny.yaml", "tiny.yaml")]
    public void A_wrong_request_is_refused_with_what_is_wrong(string line, string part) =>
        Assert.Contains(part, Evaluate([.. line.Split(' '), "--json"]).OneSentence(), StringComparison.Ordinal);

    private Outcome Evaluate(params string[] arguments) => ScenographProgram.RunIn(run.Place, ["evaluate", .. arguments]);
}
