using Scenograph.Data;
using Scenograph.Data.Folders;
using Scenograph.Data.Formats;
using Scenograph.Tests.Unit.Fuzz;
using Scenograph.Torch;
using Scenograph.Torch.Images;

namespace Scenograph.Tests.Unit.Data.Folders;

/// <summary>Pictures as zhixuan-lin/IODINE takes them.</summary>
public sealed class IodineFolderTests : IDisposable
{
    private static readonly byte[] Background = [64, 64, 64];
    private static readonly byte[] Red = [255, 0, 0];
    private static readonly byte[] Odd = [64, 64, 65];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_colour_but_the_backgrounds_is_an_object()
    {
        WritePicture("clevr/images/a.png", 4, 2);
        WriteMask("clevr/masks/a.png", 4, Background, Red, Red, Background, Odd, Odd, Red, Background);

        var scene = Open("iodine_folder:clevr", same: true).Read(0);

        Assert.Equal([0, 1, 1, 0, 2, 2, 1, 0], scene.Labels!);
        Assert.Equal([true, true, true], scene.Visible!);
    }

    [Fact]
    public void Another_colour_of_the_background_can_be_named_for_any_folder()
    {
        WritePicture("set/images/a.png", 2, 2);
        WriteMask("set/masks/a.png", 2, Red, Background, Red, Odd);

        var options = new DataSetOptions { Folder = new FolderOptions { MaskBackground = [255, 0, 0] } };

        Assert.Equal([0, 1, 0, 2], DataSets.Open("pictures:set", Split.Train, Roots, options).Read(0).Labels!);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(0, 0, 256)]
    public void A_background_that_is_no_colour_is_refused(params int[] background)
    {
        WritePicture("set/images/a.png", 2, 2);

        var refusal = Assert.Throws<InputException>(() => DataSets.Open("pictures:set", Split.Train, Roots, new DataSetOptions { Folder = new FolderOptions { MaskBackground = background } }));
        Assert.Contains("red, green and blue from 0 to 255 are expected", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arrays_hold_one_mask_an_object_and_pictures_go_by_their_numbers()
    {
        for (var i = 0; i < 11; i++)
        {
            WritePicture($"set/images/{i}.png", 3, 2, (byte)i);
            NumpyArray.From<byte>([0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, (byte)(i % 2)], 2, 2, 3).Save(folder.File($"set/masks/{i}.npy"));
        }

        var set = Open("iodine_folder:set", same: true);

        Assert.Equal(Enumerable.Range(0, 11), Enumerable.Range(0, 11).Select(i => (int)PixelValues.ToByte(set.Read(i).Image[0])));
        Assert.Equal([0, 1, 1, 0, 0, 2], set.Read(3).Labels!);
        Assert.Equal([0, 1, 1, 0, 0, 0], set.Read(4).Labels!);
        Assert.Equal(3, set.MaskCount);
    }

    [Fact]
    public void Boolean_arrays_are_masks_too()
    {
        WritePicture("set/images/0.png", 2, 1);
        NumpyArray.From<bool>([false, true], 1, 1, 2).Save(folder.File("set/masks/0.npy"));

        Assert.Equal([0, 1], Open("iodine_folder:set", same: true).Read(0).Labels!);
    }

    [Fact]
    public void Parts_are_tenths_unless_the_originals_are_asked_for()
    {
        for (var i = 0; i < 20; i++)
        {
            WritePicture($"set/images/{i}.png", 2, 2, (byte)i);
        }

        Assert.Equal((2, 16), (Open("iodine_folder:set", same: false).Count, Open("iodine_folder:set", same: false, Split.Train).Count));
        Assert.Equal((20, 20), (Open("iodine_folder:set", same: true).Count, Open("iodine_folder:set", same: true, Split.Train).Count));
    }

    [Fact]
    public void Clevr_is_cut_to_192_pixels_and_resized_as_Pillow_does()
    {
        WritePicture("clevr/images/a.png", 320, 240, 90);
        WriteMask("clevr/masks/a.png", 320, [.. Enumerable.Range(0, 320 * 240).Select(i => i % 320 is >= 64 and < 65 ? Red : Background)]);

        var scene = Open("iodine_folder:clevr-crop-(192,192)", same: true).Read(0);

        // Columns 64 to 255 are kept.
        Assert.All(scene.Labels!.Index(), pixel => Assert.Equal(pixel.Index % 192 == 0 ? 1 : 0, pixel.Item));
        Assert.Equal(128 * 128, Open("iodine_folder:clevr-crop-(128,128)", same: true).Read(0).Labels!.Length);
    }

    [Fact]
    public void A_mask_with_soft_edges_is_refused()
    {
        WritePicture("set/images/a.png", 16, 20);
        WriteMask("set/masks/a.png", 16, [.. Enumerable.Range(0, 320).Select(i => (byte[])[(byte)i, (byte)(i >> 8), 7])]);

        Assert.Contains("more than 255 colours", Refused("set"), StringComparison.Ordinal);
    }

    [Fact]
    public void Arrays_that_are_no_masks_are_refused()
    {
        WritePicture("set/images/0.png", 2, 2);
        var path = folder.File("set/masks/0.npy");
        NumpyArray.From<byte>(new byte[4], 2, 2).Save(path);
        Assert.Contains("0.npy: shape (2, 2), but [N, H, W]", Refused("set"), StringComparison.Ordinal);
        NumpyArray.From<byte>(new byte[12], 2, 2, 3).Save(path);
        Assert.Contains("0.npy: 3 x 2 pixels, but its picture", Refused("set"), StringComparison.Ordinal);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^3]);
        Assert.Contains("0.npy", Refused("set"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_without_its_mask_is_refused()
    {
        WritePicture("set/images/0.png", 2, 2);
        WritePicture("set/images/1.png", 2, 2);
        NumpyArray.From<byte>(new byte[4], 1, 2, 2).Save(folder.File("set/masks/0.npy"));

        Assert.Contains("1.png: its mask", Assert.Throws<InputException>(() => Open("iodine_folder:set", same: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_coloured_masks_and_arrays_are_read_or_refused()
    {
        WriteMask("seed.png", 4, Background, Red, Red, Background, Odd, Odd, Red, Background);
        NumpyArray.From<byte>([0, 1, 1, 0, 0, 0, 0, 1], 2, 2, 2).Save(folder.File("seed.npy"));
        foreach (var ending in (string[])["png", "npy"])
        {
            var path = folder[$"fuzz.{ending}"];
            Mutations.Check([File.ReadAllBytes(folder[$"seed.{ending}"])], file =>
            {
                File.WriteAllBytes(path, file);
                MaskFile.Read(path, (64, 64, 64));
            }, count: 10_000);
        }
    }

    private DataRoots Roots => new([folder.Path]);

    private IDataSet Open(string spec, bool same, Split split = Split.Test) =>
        DataSets.Open(spec, split, Roots, new DataSetOptions { Folder = new FolderOptions { SamePictures = same } });

    private string Refused(string set) => Assert.Throws<InputException>(() => Open($"iodine_folder:{set}", same: true).Read(0)).Message;

    private void WritePicture(string name, int width, int height, byte value = 1)
    {
        var pixels = new byte[width * height * 3];
        Array.Fill(pixels, value);
        ImageFile.WritePng(folder.File(name), new Image(width, height, 3, pixels));
    }

    private void WriteMask(string name, int width, params byte[][] colors) =>
        ImageFile.WritePng(folder.File(name), new Image(width, colors.Length / width, 3, [.. colors.SelectMany(color => color)]));
}
