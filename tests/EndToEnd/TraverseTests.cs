using System.Text.Json;
using Scenograph.Torch.Images;

namespace Scenograph.Tests.EndToEnd;

[Collection(WithTrainedRun.Name)]
public sealed class TraverseTests : IDisposable
{
    private readonly TrainedRun run;
    private readonly TemporaryFolder folder = new();

    public TraverseTests(TrainedRun run)
    {
        this.run = run;
        var pixels = new byte[3 * 40 * 24];
        new Random(1).NextBytes(pixels);
        ImageFile.WritePng(folder["scene.png"], new(40, 24, 3, pixels));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_grid_a_moving_picture_a_page_and_the_order_of_the_dimensions_are_written()
    {
        var outcome = Traverse("--component", "1", "--dims", "0-3,6", "--range", "-3:1", "--steps", "5", "--out", "out", "--json");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        var answer = outcome.Json;
        Assert.Equal(1, answer.GetProperty("component").GetInt32());
        Assert.Equal(("slots", 8, "deviations"), (answer.GetProperty("latent").GetString(), answer.GetProperty("latent_size").GetInt32(), answer.GetProperty("unit").GetString()));
        Assert.Equal([-3.0, -2, -1, 0, 1], answer.GetProperty("values").EnumerateArray().Select(value => value.GetDouble()));
        var dimensions = answer.GetProperty("dimensions").EnumerateArray().ToArray();
        Assert.Equal([0, 1, 2, 3, 6], dimensions.Select(one => one.GetProperty("dimension").GetInt32()).Order());
        var effects = dimensions.Select(one => one.GetProperty("effect").GetDouble()).ToArray();
        Assert.Equal(effects.OrderDescending(), effects);
        Assert.All(effects, effect => Assert.True(effect > 0));

        Assert.Equal(["animation.png", "grid.png", "report.html", "traversal.json"], Directory.GetFiles(folder["out"]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        // Tiles of 16 pixels, six times as large, 4 pixels apart.
        var (grid, animation) = (ImageFile.Read(folder["out/grid.png"]), ImageFile.Read(folder["out/animation.png"]));
        Assert.Equal((504, 504, 504, 104), (grid.Width, grid.Height, animation.Width, animation.Height));
        Assert.Contains("data:image/png;base64,", File.ReadAllText(folder["out/report.html"]), StringComparison.Ordinal);
        using var file = JsonDocument.Parse(File.ReadAllText(folder["out/traversal.json"]));
        Assert.Equal(answer.GetRawText(), file.RootElement.GetRawText());
    }

    [Fact]
    public void Without_options_all_dimensions_of_the_largest_object_are_ordered()
    {
        var answer = Traverse("--json").Json;

        Assert.Equal(8, answer.GetProperty("dimensions").GetArrayLength());
        Assert.Equal([-2.0, 2.0], (double[])[answer.GetProperty("values")[0].GetDouble(), answer.GetProperty("values")[6].GetDouble()]);
        Assert.True(File.Exists(folder["traversal/grid.png"]));
    }

    [Fact]
    public void The_same_seed_gives_the_same_pictures()
    {
        byte[] Grid(string seed, string name)
        {
            Assert.Equal(0, Traverse("--dims", "0,1", "--seed", seed, "--out", name).ExitCode);
            return File.ReadAllBytes(folder[$"{name}/grid.png"]);
        }

        Assert.Equal(Grid("5", "a"), Grid("5", "b"));
        Assert.NotEqual(Grid("5", "a"), Grid("6", "c"));
    }

    [Theory]
    [InlineData("--component 3", "component 3 is not there; the model has 3, 0 to 2")]
    [InlineData("--component -1", "--component is '-1'; a whole number of at least 0 is expected")]
    [InlineData("--component x", "--component is 'x'; a whole number of at least 0 is expected")]
    [InlineData("--dims 0-8", "dimension 8 is not there; the latents of slot-attention have 8, 0 to 7")]
    [InlineData("--dims 3-1", "--dims is '3-1'; numbers from 0 and ranges of them are expected, as in 0-9 or 3,5,8")]
    [InlineData("--dims 1,,2", "--dims is '1,,2'")]
    [InlineData("--dims 0-99999999999", "--dims is '0-99999999999'")]
    [InlineData("--range 2", "--range is '2'; two numbers are expected, the smaller one first, as in -2:2")]
    [InlineData("--range 2:-2", "--range is '2:-2'")]
    [InlineData("--range -2:nan", "--range is '-2:nan'")]
    [InlineData("--range -2:2:3", "--range is '-2:2:3'")]
    [InlineData("--steps 1", "--steps is '1'; a whole number of at least 2 is expected")]
    [InlineData("--steps 1000", "--steps is 1000; at most 101 are painted")]
    [InlineData("--checkpoint step-7", "has no checkpoint 'step-7'")]
    [InlineData("--out scene.png", "scene.png cannot be made")]
    public void A_wrong_request_is_refused_with_what_is_wrong(string line, string part)
    {
        Assert.Contains(part, Traverse([.. line.Split(' '), "--json"]).OneSentence(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["traversal"]));
    }

    [Theory]
    [InlineData("missing.png")]
    [InlineData(".")]
    public void What_is_no_picture_is_refused_by_name(string picture) =>
        Assert.StartsWith(picture, ScenographProgram.RunIn(folder.Path, "traverse", run.RunPath, picture).OneSentence(), StringComparison.Ordinal);

    [Fact]
    public void The_help_ends_with_an_example() =>
        Assert.Contains("scenograph traverse runs/demo scene.png --component 2 --dims 0-9 --range -2:2", ScenographProgram.Run("traverse", "--help").Output, StringComparison.Ordinal);

    private Outcome Traverse(params string[] arguments) => ScenographProgram.RunIn(folder.Path, ["traverse", run.RunPath, "scene.png", .. arguments]);
}
