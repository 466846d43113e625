namespace Scenograph.Tests.EndToEnd;

public sealed class DataTests
{
    [Fact]
    public void Scenes_that_are_made_are_shown_again()
    {
        using var folder = new TemporaryFolder();

        var made = ScenographProgram.RunIn(folder.Path, "data", "make", "sprites", "--images", "5", "--set", "sprites.size=32", "--split", "train", "--split", "test", "--out", "made", "--json");
        var shown = ScenographProgram.RunIn(folder.Path, "data", "show", "clevr_folder:[made]", "--json", "--out", "scenes.png");

        Assert.Equal(0, made.ExitCode);
        Assert.Equal(["train", "test"], made.Json.EnumerateArray().Select(part => part.GetProperty("split").GetString()));
        Assert.Equal(0, shown.ExitCode);
        Assert.Equal(5, shown.Json.GetProperty("count").GetInt32());
        Assert.Equal([3, 32, 32], shown.Json.GetProperty("shape").EnumerateArray().Select(side => side.GetInt32()));
        Assert.Equal(5, shown.Json.GetProperty("objects_per_scene").EnumerateObject().Sum(pair => pair.Value.GetInt32()));
        Assert.Equal(5, Directory.GetFiles(folder["made/masks/test"], "*.png").Length);
        Assert.True(new FileInfo(folder["scenes.png"]).Length > 100);
    }

    [Fact]
    public void Scenes_are_written_as_a_published_file_and_read_again()
    {
        using var folder = new TemporaryFolder();

        var made = ScenographProgram.RunIn(folder.Path, "data", "make", "tetrominoes", "--images", "4", "--out", "made.tfrecords", "--json");
        var shown = ScenographProgram.RunIn(folder.Path, "data", "show", "tfrecords:[made.tfrecords]", "--split", "test", "--json");

        Assert.True(made.ExitCode == 0, made.Error);
        Assert.Equal([0x1F, 0x8B], File.ReadAllBytes(folder["made.tfrecords"])[..2]);
        Assert.Equal((4, 4), (shown.Json.GetProperty("count").GetInt32(), shown.Json.GetProperty("mask_count").GetInt32()));
        File.WriteAllBytes(folder["made.tfrecords"], File.ReadAllBytes(folder["made.tfrecords"])[..500]);
        Assert.StartsWith("made.tfrecords: ", ScenographProgram.RunIn(folder.Path, "data", "show", "tfrecords:[made.tfrecords]", "--split", "test").OneSentence(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_spec_every_data_set_is_named() =>
        Assert.Contains("tetrominoes", ScenographProgram.Run("data", "show").Output, StringComparison.Ordinal);

    [Theory]
    [InlineData("data show spritse", "spritse")]
    [InlineData("data show sprites --split tset", "tset")]
    [InlineData("data show sprites-(32", "sprites-(32")]
    [InlineData("data show sprites --set sprites.siz=3", "did you mean sprites.size?")]
    [InlineData("data show sprites --set sprites.size=3", "8 to 1024")]
    [InlineData("data show clevr_folder:[nowhere]", "nowhere")]
    [InlineData("data show tfrecords:[nowhere.tfrecords]", "the file nowhere.tfrecords")]
    [InlineData("data make sprites-(32,32) --images 1 --out x.tfrecords", "no published multi-object data set has images of 3 x 32 x 32")]
    [InlineData("data make sprites --split train --split val --out x.tfrecords", "a TFRecord file holds one part")]
    [InlineData("data make sprites --images 1 --out /proc/version/x", "/proc/version/x")]
    public void A_wrong_request_is_refused_with_what_is_wrong(string line, string part) =>
        Assert.Contains(part, ScenographProgram.Run(line.Split(' ')).OneSentence(), StringComparison.Ordinal);

    [Fact]
    public void A_truncated_picture_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        ScenographProgram.RunIn(folder.Path, "data", "make", "sprites", "--images", "2", "--set", "sprites.size=32", "--out", "made");
        var picture = Directory.GetFiles(folder["made/images/train"]).Order(StringComparer.Ordinal).First();
        File.WriteAllBytes(picture, File.ReadAllBytes(picture)[..60]);

        var sentence = ScenographProgram.RunIn(folder.Path, "data", "show", "clevr_folder:[made]").OneSentence();

        Assert.Contains(Path.GetFileName(picture), sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_ends_with_one_sentence_and_no_half_written_file()
    {
        using var folder = new TemporaryFolder();
        using var disk = TinyDisk.TryMount(folder["tiny"], "64k");
        if (disk is null)
        {
            return; // Only root may mount a file system of 64 KB.
        }

        var outcome = ScenographProgram.RunIn(folder.Path, "data", "make", "sprites", "--images", "500", "--out", "tiny/made");

        Assert.Contains("the disk is full", outcome.OneSentence(), StringComparison.Ordinal);
        Assert.All(Directory.GetFiles(folder["tiny"], "*", SearchOption.AllDirectories), file => Assert.EndsWith(".png", file, StringComparison.Ordinal));
    }

    [Fact]
    public void A_folder_without_write_permission_ends_with_one_sentence()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // Permissions are another thing there.
        }
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["sealed"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string[] command = [ScenographProgram.Path, "data", "make", "sprites", "--images", "1", "--out", folder["sealed/made"]];
        // Root may write everywhere; without this capability it may not.
        if (Environment.UserName == "root")
        {
            command = ["setpriv", "--bounding-set=-dac_override", .. command];
        }

        using var process = ScenographProgram.StartProgram(command[0], folder.Path, null, command[1..]);
        var sentence = ScenographProgram.Finish(process).OneSentence();

        Assert.Contains(folder["sealed/made"], sentence, StringComparison.Ordinal);
    }
}
