using System.Globalization;
using System.Text.Json;
using Scenograph.Data;
using Scenograph.Evaluation;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Evaluation;

public sealed class EvaluationSummaryTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("scenograph-evaluation-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_mean_weighs_every_scene_alike_whatever_its_batch()
    {
        var evaluator = new BenchmarkEvaluator(true);
        evaluator.Add(Scenes.Of(2, ([0, 1], [0, 1]), ([0, 1], [0, 0])));
        evaluator.Add(Scenes.Of(2, ([0, 1], [0, 0])));

        Assert.Equal(1.0 / 3, evaluator.Summarise().Statistic("acc"), 12);
        Assert.Equal(3, evaluator.Summarise().Images);
    }

    [Fact]
    public void An_undefined_score_makes_the_mean_undefined_and_is_counted()
    {
        var summary = Summarise(Scenes.Of(2, ([0, 1], [0, 1]), ([0, 0], [0, 0])));

        var row = summary.Rows.Single(row => row.Name == MetricNames.MeanIou);
        Assert.Equal(double.NaN, row.Mean);
        Assert.Equal(1, row.MeanOfDefined);
        Assert.Equal((2, 1), (row.Count, row.Undefined));
    }

    [Fact]
    public void Nothing_measured_is_not_a_number() => Assert.Equal(double.NaN, new BenchmarkEvaluator(true).Summarise().Statistic("ARI"));

    [Theory]
    [InlineData("mIoU_fg", "mIoU")]
    [InlineData("ARI_FG", "ARI-FG")]
    [InlineData("count accuracy", "acc")]
    [InlineData("MSE", "MSE")]
    public void Other_spellings_name_the_same_metric(string spelling, string name)
    {
        var summary = Summarise(Scenes.Of(3, ([0, 0, 1, 2], [0, 1, 1, 1])));

        Assert.Equal(summary.Metrics[name], summary.Statistic(spelling));
    }

    [Fact]
    public void Scenes_are_broken_down_by_their_number_of_visible_objects()
    {
        var summary = Summarise(Scenes.Of(3, ([0, 1, 2, 2], [0, 1, 2, 2]), ([0, 0, 1, 1], [0, 0, 0, 0]), ([0, 0, 2, 2], [0, 0, 1, 1])));

        Assert.Equal([("1", 2), ("2", 1)], summary.Breakdown("num_objects", "acc").Select(mean => (mean.Value, mean.Count)));
        Assert.Equal([0.5, 1], summary.Breakdown("num_objects", "acc").Select(mean => mean.Mean));
    }

    [Fact]
    public void Numbers_of_objects_are_ordered_as_numbers()
    {
        var images = Enumerable.Range(2, 9).Reverse().Select(count => Image(count, 1));

        Assert.Equal(["2", "3", "4", "5", "6", "7", "8", "9", "10"], new EvaluationSummary([.. images]).Breakdown("num_objects", "ARI").Select(mean => mean.Value));
    }

    [Fact]
    public void Objects_are_broken_down_by_their_attributes_the_worst_first()
    {
        var summary = Summarise(WithMetadata());

        Assert.Equal([("metal", 0.5), ("wood", 1)], summary.Statistic("obj_iou", "material").Select(mean => (mean.Value, mean.Mean)));
        Assert.Equal([("brick", 1.0)], summary.Statistic("ground_iou", "ground_material").Select(mean => (mean.Value, mean.Mean)));
        Assert.Equal(["num_objects", "ground_material", "material"], summary.Tags);
    }

    [Fact]
    public void Rows_by_number_of_objects_have_every_metric_and_go_to_a_csv()
    {
        var summary = new EvaluationSummary([Image(10, 0.5), Image(2, 0.25), Image(2, 0.75)]);
        var path = Path.Combine(folder.FullName, "by.csv");

        summary.WriteBreakdownCsv(path, "num_objects");

        Assert.Equal([("2", 2, 0.5), ("10", 1, 0.5)], summary.RowsOf("num_objects").Select(row => (row.Value, row.Count, row.Metrics["ARI"])));
        Assert.Equal(["num_objects,count,ARI", "2,2,0.5", "10,1,0.5"], File.ReadAllLines(path));
    }

    [Fact]
    public void Attributes_that_are_measures_are_not_broken_down_by()
    {
        EvaluationSummary Summary(int values) => new([Image(1, 0.5) with
        {
            Objects = [.. Enumerable.Range(0, values).Select(i => new ObjectScores(1, 0, 0, new Dictionary<string, string> { ["size"] = $"{i}.5", ["shape"] = "x" }))],
        }]);

        Assert.Equal(["num_objects", "shape", "size"], Summary(24).Tags);
        Assert.Equal(["num_objects", "shape"], Summary(25).Tags);
    }

    [Fact]
    public void Undefined_means_come_last()
    {
        Assert.Equal(["3", "2", "1"], new EvaluationSummary([Image(1, double.NaN), Image(2, 0.9), Image(3, 0.1)]).Statistic("ARI", "num_objects").Select(mean => mean.Value));
    }

    [Fact]
    public void Json_holds_means_breakdowns_and_scenes_and_null_for_undefined()
    {
        var path = Path.Combine(folder.FullName, "results.json");
        Summarise(WithMetadata()).WriteJson(path);

        using var json = JsonDocument.Parse(File.ReadAllText(path));
        var root = json.RootElement;
        Assert.Equal(1, root.GetProperty("images").GetInt32());
        Assert.Equal(0.5, root.GetProperty("metrics").GetProperty("mIoU").GetDouble(), 6);
        Assert.Equal(0.5, root.GetProperty("breakdowns").GetProperty("material").GetProperty("obj_iou")[0].GetProperty("mean").GetDouble());
        Assert.Equal("metal", root.GetProperty("per_image")[0].GetProperty("objects")[0].GetProperty("attributes").GetProperty("material").GetString());

        Summarise(Scenes.Of(2, ([0, 0], [0, 0]))).WriteJson(path);
        using var undefined = JsonDocument.Parse(File.ReadAllText(path));
        Assert.Equal(JsonValueKind.Null, undefined.RootElement.GetProperty("metrics").GetProperty("mIoU").ValueKind);
        Assert.Equal(1, undefined.RootElement.GetProperty("undefined").GetProperty("mIoU").GetProperty("count").GetInt32());
    }

    [Fact]
    public void Csv_has_one_row_for_each_metric_and_each_value_of_a_property()
    {
        var path = Path.Combine(folder.FullName, "results.csv");
        Summarise(WithMetadata()).WriteCsv(path);

        var lines = File.ReadAllLines(path);
        Assert.Equal("metric,tag,value,mean,mean_of_defined,count,undefined", lines[0]);
        Assert.Contains("mIoU,,,0.5,0.5,1,0", lines);
        Assert.Contains("obj_iou,material,metal,0.5,0.5,1,0", lines);
        Assert.Contains("acc,num_objects,2,0,0,1,0", lines);
    }

    [Fact]
    public void Csv_of_scenes_has_one_row_a_scene()
    {
        var path = Path.Combine(folder.FullName, "scenes.csv");
        var summary = Summarise(Scenes.Random(1, scenes: 4));
        summary.WriteImagesCsv(path);

        var lines = File.ReadAllLines(path);
        Assert.Equal(["index", "num_objects", .. summary.Metrics.Keys], lines[0].Split(','));
        Assert.Equal(5, lines.Length);
        Assert.Equal(summary.PerImage[2].Values["ARI"], double.Parse(lines[3].Split(',')[2], CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Csv_of_objects_has_one_row_an_object_and_quotes_what_needs_it()
    {
        var path = Path.Combine(folder.FullName, "objects.csv");
        Summarise(WithMetadata("wood, \"oak\"")).WriteObjectsCsv(path);

        Assert.Equal(["index,label,obj_mse,obj_iou,material", "0,1,0.5,0.5,metal", "0,2,0.25,1,\"wood, \"\"oak\"\"\""], File.ReadAllLines(path));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        var path = Path.Combine(folder.FullName, "missing", "results.json");

        Assert.Contains(path, Assert.Throws<InputException>(() => Summarise(WithMetadata()).WriteJson(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_have_a_cell_for_each_heading()
    {
        var summary = Summarise(WithMetadata());

        foreach (var table in summary.Tags.Select(summary.ToTable).Append(summary.ToTable()))
        {
            Assert.NotEmpty(table.Rows);
            Assert.All(table.Rows, row => Assert.Equal(table.Columns.Count, row.Count));
        }
    }

    [Fact]
    public void Runs_are_summed_up_by_mean_and_population_deviation()
    {
        var runs = RunsSummary.Of([
            Summarise(Scenes.Of(2, ([0, 1], [0, 1]))),
            Summarise(Scenes.Of(2, ([0, 1], [0, 0]))),
        ]);

        var accuracy = runs.Single(run => run.Name == "acc");
        Assert.Equal((0.5, 0.5, 2), (accuracy.Mean, accuracy.Deviation, accuracy.Runs));
    }

    /// <summary>Half of object 1, of metal, lies in a slot of its own; object 2 and the ground are found.</summary>
    private static EvaluationBatch WithMetadata(string second = "wood") =>
        Scenes.Of(4, ([0, 0, 1, 1, 2], [0, 0, 1, 3, 2])) with { Metadata = [new SceneMetadata("brick", [Material("metal"), Material(second)])] };

    private static EvaluationSummary Summarise(EvaluationBatch batch)
    {
        var evaluator = new BenchmarkEvaluator(true);
        evaluator.Add(batch);
        return evaluator.Summarise();
    }

    private static ImageScores Image(int objects, double ari) =>
        new() { Index = 0, ObjectCount = objects, Values = new Dictionary<string, double> { ["ARI"] = ari } };

    private static ObjectMetadata Material(string name) => new(new Dictionary<string, string> { ["material"] = name });
}
