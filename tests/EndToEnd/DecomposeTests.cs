using System.Text.Json;
using Scenograph.Torch.Images;

namespace Scenograph.Tests.EndToEnd;

[Collection(WithTrainedRun.Name)]
public sealed class DecomposeTests : IDisposable
{
    private readonly TrainedRun run;
    private readonly TemporaryFolder folder = new();

    public DecomposeTests(TrainedRun run)
    {
        this.run = run;
        for (var i = 0; i < 3; i++) WritePicture($"scene{i}.png", width: 40 + i, height: 24, seed: i);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Masks_components_composites_and_a_list_of_objects_are_written()
    {
        var outcome = Decompose("scene0.png", "scene1.png", "scene2.png", "--out", "parts", "--json");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        using var list = JsonDocument.Parse(File.ReadAllText(folder["parts/objects.json"]));
        Assert.Equal(outcome.Json.GetRawText(), list.RootElement.GetRawText());
        Assert.Equal(["scene0.png", "scene1.png", "scene2.png"], list.RootElement.EnumerateArray().Select(scene => scene.GetProperty("image").GetString()));
        var files = new List<string> { "objects.json" };
        foreach (var scene in list.RootElement.EnumerateArray())
        {
            files.Add(Path.GetFileName(AssertPicture(scene.GetProperty("composite").GetString()!, 1)));
            files.AddRange(AssertObjects(scene));
        }
        Assert.Equal(files.Order(StringComparer.Ordinal), Directory.GetFiles(folder["parts"]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    private List<string> AssertObjects(JsonElement scene)
    {
        var (width, height) = (scene.GetProperty("width").GetInt32(), scene.GetProperty("height").GetInt32());
        Assert.Equal((16, 16), (width, height));
        var objects = scene.GetProperty("objects").EnumerateArray().ToList();
        Assert.Equal(width * height, objects.Sum(found => found.GetProperty("area").GetInt32()));
        Assert.Equal(objects.Count, objects.Select(found => found.GetProperty("component").GetInt32()).Distinct().Count());
        var files = new List<string>();
        foreach (var found in objects)
        {
            var box = Numbers(found, "box");
            Assert.True(0 <= box[0] && box[0] < box[2] && box[2] <= width && 0 <= box[1] && box[1] < box[3] && box[3] <= height, found.GetRawText());
            Assert.InRange(found.GetProperty("area").GetInt32(), Math.Max(box[2] - box[0], box[3] - box[1]), (box[2] - box[0]) * (box[3] - box[1]));
            var centroid = Numbers(found, "centroid");
            Assert.InRange(centroid[0], box[0], box[2] - 1);
            Assert.InRange(centroid[1], box[1], box[3] - 1);
            Assert.Equal(3, Numbers(found, "mean_colour").Length);
            Assert.All(Numbers(found, "mean_colour"), value => Assert.InRange(value, 0, 1));
            files.Add(Path.GetFileName(AssertPicture(found.GetProperty("mask").GetString()!, 16)));
            files.Add(Path.GetFileName(AssertPicture(found.GetProperty("picture").GetString()!, 16)));
        }
        return files;
    }

    [Fact]
    public void The_same_seed_gives_the_same_objects()
    {
        string Objects(string seed) => Decompose("scene0.png", "--out", "parts", "--seed", seed, "--json").Output;

        Assert.Equal(Objects("1"), Objects("1"));
        Assert.NotEqual(Objects("1"), Objects("2"));
    }

    [Fact]
    public void Another_number_of_components_can_be_asked_for()
    {
        var objects = Decompose("scene0.png", "--components", "6", "--out", "parts", "--json").Json[0].GetProperty("objects").EnumerateArray();

        Assert.All(objects, found => Assert.InRange(found.GetProperty("component").GetInt32(), 0, 5));
        Assert.Contains("1 to 255 can be measured", Decompose("scene0.png", "--components", "999").OneSentence(), StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_of_the_same_name_do_not_overwrite_each_other()
    {
        Directory.CreateDirectory(folder["other"]);
        File.Copy(folder["scene1.png"], folder["other/scene0.png"]);

        var scenes = Decompose("scene0.png", "other/scene0.png", "--out", "parts", "--json").Json.EnumerateArray().ToList();

        Assert.Equal(2, scenes.Select(scene => scene.GetProperty("composite").GetString()).Distinct().Count());
    }

    [Fact]
    public void A_picture_smaller_than_the_models_is_refused()
    {
        WritePicture("small.png", 15, 40, 1);

        Assert.Equal("small.png is 15x40 pixels, smaller than the model's 16x16; give a larger picture", Decompose("small.png", "--out", "parts", "--json").OneSentence());
        Assert.False(Directory.Exists(folder["parts"]));
    }

    [Fact]
    public void A_broken_picture_among_good_ones_leaves_nothing_written()
    {
        File.WriteAllBytes(folder["scene1.png"], File.ReadAllBytes(folder["scene1.png"])[..200]);

        var sentence = Decompose("scene0.png", "scene1.png", "--out", "parts", "--json").OneSentence();

        Assert.Matches(@"^scene1\.png: the PNG ends after 200 of ", sentence);
        Assert.False(Directory.Exists(folder["parts"]));
    }

    [Theory]
    [InlineData("missing.png", "missing.png")]
    [InlineData("empty.png", "empty.png")]
    [InlineData("text.jpg", "text.jpg")]
    [InlineData(".", ".")]
    public void What_is_no_picture_is_refused_by_name(string name, string part)
    {
        File.WriteAllText(folder["empty.png"], "");
        File.WriteAllText(folder["text.jpg"], "no picture");

        Assert.StartsWith(part, Decompose(name, "--out", "parts", "--json").OneSentence(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["parts"]));
    }

    [Fact]
    public void A_file_in_the_place_of_the_folder_is_refused() =>
        Assert.Contains("scene1.png", Decompose("scene0.png", "--out", "scene1.png", "--json").OneSentence(), StringComparison.Ordinal);

    private Outcome Decompose(params string[] arguments) => ScenographProgram.RunIn(folder.Path, ["decompose", run.RunPath, .. arguments]);

    private string AssertPicture(string path, int leastSide)
    {
        var image = ImageFile.Read(folder[path]);
        Assert.True(image.Width >= leastSide && image.Height >= leastSide, path);
        return path;
    }

    private static double[] Numbers(JsonElement found, string name) => [.. found.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];

    private void WritePicture(string name, int width, int height, int seed)
    {
        var pixels = new byte[3 * width * height];
        new Random(seed).NextBytes(pixels);
        ImageFile.WritePng(folder[name], new(width, height, 3, pixels));
    }
}
