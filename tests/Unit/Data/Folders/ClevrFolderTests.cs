using Scenograph.Data;
using Scenograph.Torch;
using Scenograph.Torch.Images;

namespace Scenograph.Tests.Unit.Data.Folders;

public sealed class ClevrFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ClevrFolderTests()
    {
        foreach (var name in new[] { "images/train/CLEVR_train_000000.png", "images/train/CLEVR_train_000001.png", "masks/train/CLEVR_train_000000.png", "masks/train/CLEVR_train_000001.png" })
        {
            var channels = name.StartsWith('i') ? 3 : 1;
            var path = folder.Write("set/" + name, []);
            ImageFile.WritePng(path, new Image(10, 8, channels, [.. Enumerable.Range(0, 80 * channels).Select(i => (byte)(i % 3))]));
        }

        Scenes("""
            {"info": {"split": "train"}, "scenes": [
              {"image_index": 7, "image_filename": "CLEVR_train_000001.png", "relationships": {"left": [[1], []]},
               "objects": [{"shape": "cube", "3d_coords": [1.5, -2, 0.7]}, {"shape": "sphere", "color": "red"}]},
              {"image_index": 3, "image_filename": "CLEVR_train_000000.png", "objects": [{"shape": "cylinder"}]}]}
            """);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Scenes_come_in_the_order_of_their_file_with_their_own_numbers()
    {
        var set = Open();

        Assert.Equal([7, 3], Enumerable.Range(0, set.Count).Select(i => set.Read(i).Index));
        Assert.Equal(["cube", "sphere"], set.Read(0).Metadata!.Objects.Select(one => one.Attributes["shape"]));
        Assert.Equal("1.5 -2 0.7", set.Read(0).Metadata!.Objects[0].Attributes["3d_coords"]);
        Assert.Equal([true, true, false], set.Read(1).Visible![..3]);
    }

    [Fact]
    public void A_split_that_is_not_there_names_those_that_are() =>
        Assert.Contains("there is train", Assert.Throws<InputException>(() => DataSets.Open("clevr_folder:set", Split.Test, new DataRoots([folder.Path]))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_picture_is_named()
    {
        File.Delete(folder.File("set/images/train/CLEVR_train_000001.png"));

        Assert.Contains("it lists CLEVR_train_000001.png", Assert.Throws<InputException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_mask_is_named()
    {
        File.Delete(folder.File("set/masks/train/CLEVR_train_000001.png"));

        Assert.Contains("its mask", Assert.Throws<InputException>(Open).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "CLEVR_train_scenes.json, line 1")]
    [InlineData("[]", "must be an object with a list 'scenes'")]
    [InlineData("{}", "the list 'scenes' is missing")]
    [InlineData("{\"scenes\": 3}", "'scenes' must be a list")]
    [InlineData("{\"scenes\": [{\"image_index\": 0}]}", "no 'image_filename'")]
    [InlineData("{\"scenes\": [{\"image_filename\": \"../../etc/passwd\"}]}", "not the name of a file")]
    [InlineData("{\"scenes\": [{\"image_filename\": \"x\", \"image_index\": -1}]}", "'image_index' must be a whole number")]
    [InlineData("{\"scenes\": [\n{\"image_filename\": \"x\",]}", "line 2")]
    public void A_broken_scene_file_says_what_is_wrong_where(string json, string expected)
    {
        Scenes(json);

        Assert.Contains(expected, Assert.Throws<InputException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sample_of_real_renders_is_read_with_masks_that_fit_its_scenes()
    {
        if (SharedData.Find("clevr-mini") is { } path)
        {
            var (train, val) = (DataSets.Open($"clevr_folder:[{path}]", Split.Train), DataSets.Open($"clevr_folder:[{path}]-crop-(64,64)", Split.Validation));

            Assert.Equal((255, 50, 240, 320, 11), (train.Count, val.Count, train.Height, train.Width, train.MaskCount));
            Assert.Equal((64, 64), (val.Read(49).Height, val.Read(49).Width));
            for (var index = 0; index < 20; index++)
            {
                var scene = train.Read(index);
                Assert.Equal(scene.Metadata!.Objects.Count, LabelMap.Maximum(scene.Labels!));
            }
        }
    }

    [Fact]
    public void The_sample_without_masks_is_read_too()
    {
        if (SharedData.Find("clevr-parser-sample") is { } path)
        {
            var set = DataSets.Open($"clevr_folder:[{path}/2obj]-crop-(32,32)", Split.Train);

            Assert.Equal((10, 0), (set.Count, set.MaskCount));
            Assert.Null(set.Read(0).Labels);
            Assert.Equal(2, set.Read(0).Metadata!.Objects.Count);
        }
    }

    private void Scenes(string json) => folder.Write("set/scenes/CLEVR_train_scenes.json", json);

    private IDataSet Open() => DataSets.Open("clevr_folder:set", Split.Train, new DataRoots([folder.Path]));
}
