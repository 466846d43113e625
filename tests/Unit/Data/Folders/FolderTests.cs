using Scenograph.Data;
using Scenograph.Data.Folders;
using Scenograph.Data.Generated;
using Scenograph.Torch;
using Scenograph.Torch.Images;

namespace Scenograph.Tests.Unit.Data.Folders;

public sealed class FolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private DataRoots Roots => new([folder.Path]);

    [Fact]
    public void A_written_set_is_read_back_equal()
    {
        WritesEqual(new Sprites(new SpriteOptions { Size = 24 }, Split.Train, 12));
    }

    [Fact]
    public void A_written_grey_set_is_read_back_equal()
    {
        using var digits = new TemporaryFolder();
        DigitFiles.Write(digits);
        WritesEqual(new MultiMnist(new MultiMnistOptions(), Split.Test, digits.Path, 12));
    }

    [Fact]
    public void Splits_are_written_beside_each_other_but_none_twice()
    {
        var target = folder["set"];
        DataSetWriter.Write(new MemoryDataSet(3), target, Split.Train);
        DataSetWriter.Write(new MemoryDataSet(2), target, Split.Test);

        Assert.Equal([3, 2], new[] { Split.Train, Split.Test }.Select(split => DataSets.Open("folder:set", split, Roots).Count));
        Assert.Contains("holds a split train already", Assert.Throws<InputException>(() => DataSetWriter.Write(new MemoryDataSet(2), target, Split.Train)).Message, StringComparison.Ordinal);
        Assert.Contains("no split val among its splits (train, test)", Refused("folder:set", Split.Validation), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_splits_is_divided_by_tenths()
    {
        for (var i = 0; i < 20; i++)
        {
            WriteImage($"photos/{i:00}.png", 8, 8, (byte)i);
        }

        Assert.Equal([0, 1], Values("folder:photos", Split.Test));
        Assert.Equal([2, 3], Values("folder:photos", Split.Validation));
        Assert.Equal(Enumerable.Range(4, 16), Values("folder:photos", Split.Train));
        Assert.Equal(Enumerable.Range(0, 20), Values("pictures:photos", Split.Train));
    }

    [Fact]
    public void Masks_belong_to_pictures_by_name()
    {
        WriteImage("set/images/a.png", 8, 6, 9);
        WriteImage("set/masks/a.png", 8, 6, 4, channels: 1);
        var scene = DataSets.Open("pictures:set", Split.Test, Roots).Read(0);

        Assert.All(scene.Labels!, label => Assert.Equal(4, label));
        Assert.Equal([false, false, false, false, true], scene.Visible!);
    }

    [Fact]
    public void Pictures_of_several_sizes_need_a_size()
    {
        WriteImage("set/a.png", 8, 8, 1);
        WriteImage("set/b.png", 10, 8, 2);

        Assert.Contains("give the spec a size", Assert.Throws<InputException>(() => DataSets.Open("pictures:set", Split.Test, Roots).Read(1)).Message, StringComparison.Ordinal);
        Assert.Equal(4 * 4 * 3, DataSets.Open("pictures:set-crop-(4,4)", Split.Test, Roots).Read(1).Image.Length);
    }

    [Fact]
    public void A_missing_mask_is_named()
    {
        WriteImage("set/images/a.png", 8, 8, 1);
        WriteImage("set/images/b.png", 8, 8, 1);
        WriteImage("set/masks/a.png", 8, 8, 1, channels: 1);

        Assert.Contains("b.png: its mask", Refused("pictures:set", Split.Test), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mask_of_another_size_is_refused()
    {
        WriteImage("set/images/a.png", 8, 8, 1);
        WriteImage("set/masks/a.png", 8, 9, 1, channels: 1);

        var exception = Assert.Throws<InputException>(() => DataSets.Open("pictures:set", Split.Test, Roots).Read(0));
        Assert.Contains("8 x 9 pixels, but its picture", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_coloured_mask_is_refused()
    {
        WriteImage("set/images/a.png", 8, 8, 1);
        WriteImage("set/masks/a.png", 8, 8, 1, channels: 3);

        Assert.Contains("masks/a.png", Assert.Throws<InputException>(() => DataSets.Open("pictures:set", Split.Test, Roots).Read(0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_picture_is_named_when_it_is_read()
    {
        WriteImage("set/a.png", 8, 8, 1);
        folder.Write("set/b.png", [1, 2, 3]);
        folder.Write("set/c.png", []);
        var set = DataSets.Open("pictures:set", Split.Test, Roots);

        Assert.Contains("b.png", Assert.Throws<InputException>(() => set.Read(1)).Message, StringComparison.Ordinal);
        Assert.Contains("c.png", Assert.Throws<InputException>(() => set.Read(2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_folder_is_refused()
    {
        Directory.CreateDirectory(folder["set"]);

        Assert.Contains("no PNG or JPEG", Refused("folder:set", Split.Train), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("clevr", "clevr_with_masks/")]
    [InlineData("clevr6", "clevr_with_masks/")]
    [InlineData("clevrtex:camo", "clevrtex_camo/**/CLEVRTEX_camo_000000.png")]
    [InlineData("multi_mnist:uniform", "mnist/train-images-idx3-ubyte.gz")]
    [InlineData("clevr_folder:x", "images/train/CLEVR_train_000000.png")]
    [InlineData("folder:x", "images/*.png")]
    [InlineData("mnist", "multi_mnist.npz")]
    [InlineData("pascal", "VOCdevkit/VOC2012/")]
    [InlineData("objects_room:train", "objects_room_train/*.npz")]
    [InlineData("multi_dsprites:binarized", "multi_dsprites_binarized/*.npz")]
    public void A_set_that_is_not_on_the_disk_says_which_files_are_expected_where(string spec, string expected)
    {
        var message = Refused(spec, Split.Train);

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains(folder.Path, message, StringComparison.Ordinal);
        Assert.Contains("SCENOGRAPH_DATA", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sprite", "there is no data set 'sprite'; there are sprites, tetrominoes")]
    [InlineData("sprites:x", "there is no such variant; there is sprites:colored_on_colored")]
    [InlineData("clevrtex", "a variant is missing; there is clevrtex:full")]
    [InlineData("multi_mnist:rgb", "there is no such variant; there is multi_mnist:uniform")]
    [InlineData("clevr_folder", "the folder is missing; write clevr_folder:NAME")]
    public void A_wrong_name_is_answered_with_the_right_ones(string spec, string expected) => Assert.Contains(expected, Refused(spec, Split.Train), StringComparison.Ordinal);

    [Fact]
    public void Generated_sprites_are_drawn_at_the_size_asked_for()
    {
        var set = DataSets.Open("sprites-(32,32)", Split.Test, Roots, new DataSetOptions { Seed = 3, Count = 7 });

        Assert.Equal((32, 32, 7), (set.Height, set.Width, set.Count));
        Assert.Equal(new Sprites(new SpriteOptions { Size = 32 }, Split.Test, 7, seed: 3).Read(5).Image, set.Read(5).Image);
    }

    [Fact]
    public void Sets_are_concatenated_cropped_and_recoloured()
    {
        var set = DataSets.Open("concat(sprites,tetrominoes)-crop-(16,16)-bbg", Split.Test, Roots, new DataSetOptions { Count = 4 });

        Assert.Equal((8, 16, 16), (set.Count, set.Height, set.Width));
        Assert.Equal(5, set.Read(7).Visible!.Length);
    }

    private void WritesEqual(IDataSet set)
    {
        DataSetWriter.Write(set, folder["set"], Split.Train);
        var read = DataSets.Open($"folder:[{folder["set"]}]", Split.Train, new DataRoots([]));

        Assert.Equal((set.Count, set.Channels, set.Height, set.Width, set.MaskCount), (read.Count, read.Channels, read.Height, read.Width, read.MaskCount));
        for (var index = 0; index < set.Count; index++)
        {
            var (before, after) = (set.Read(index), read.Read(index));
            Assert.Equal(before.Index, after.Index);
            Assert.Equal(before.Image, after.Image);
            Assert.Equal(before.Labels, after.Labels);
            Assert.Equal(before.Visible, after.Visible);
            Assert.Equal(before.Metadata!.Objects.Select(one => one.Attributes), after.Metadata!.Objects.Select(one => one.Attributes));
        }
    }

    private void WriteImage(string name, int width, int height, byte value, int channels = 3)
    {
        var path = folder.Write(name, []);
        var pixels = new byte[width * height * channels];
        Array.Fill(pixels, value);
        ImageFile.WritePng(path, new Image(width, height, channels, pixels));
    }

    private IEnumerable<int> Values(string spec, Split split)
    {
        var set = DataSets.Open(spec, split, Roots);
        return Enumerable.Range(0, set.Count).Select(i => (int)PixelValues.ToByte(set.Read(i).Image[0]));
    }

    private string Refused(string spec, Split split) => Assert.Throws<InputException>(() => DataSets.Open(spec, split, Roots)).Message;
}
