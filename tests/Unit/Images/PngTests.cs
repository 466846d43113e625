using System.IO.Compression;
using Scenograph.Torch;
using Scenograph.Torch.Images;

namespace Scenograph.Tests.Unit.Images;

public sealed class PngTests
{
    private static readonly byte[] FourColours = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120];

    public static TheoryData<int, int, bool> Layouts()
    {
        var layouts = new TheoryData<int, int, bool>();
        foreach (var interlaced in new[] { false, true })
        {
            foreach (var depth in new[] { 1, 2, 4, 8, 16 })
            {
                layouts.Add(PngBuilder.Grey, depth, interlaced);
            }
            foreach (var type in new[] { PngBuilder.Rgb, PngBuilder.GreyAlpha, PngBuilder.Rgba })
            {
                layouts.Add(type, 8, interlaced);
                layouts.Add(type, 16, interlaced);
            }
        }
        return layouts;
    }

    [Theory, MemberData(nameof(Layouts))]
    public void Every_layout_without_palette_is_read_as_eight_bits(int colourType, int depth, bool interlaced)
    {
        const int width = 13, height = 11;
        var largest = (1 << depth) - 1;
        int Sample(int x, int y, int channel) => (int)((x * 7919L + y * 104729L + channel * 1299709L) % (largest + 1));
        var builder = new PngBuilder(width, height, colourType, depth) { Interlaced = interlaced };

        var image = ImageFile.Read(builder.Build(Sample), "made.png");

        Assert.Equal((width, height), (image.Width, image.Height));
        Assert.Equal(colourType switch { PngBuilder.Grey => 1, PngBuilder.Rgb => 3, _ => 4 }, image.Channels);
        for (var (i, y) = (0, 0); y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                for (var channel = 0; channel < image.Channels; channel++, i++)
                {
                    var source = colourType == PngBuilder.GreyAlpha ? (channel == 3 ? 1 : 0) : channel;
                    Assert.Equal((byte)Math.Round(Sample(x, y, source) * 255.0 / largest), image.Pixels[i]);
                }
            }
        }
    }

    [Theory, InlineData(2, false), InlineData(4, false), InlineData(8, false), InlineData(2, true)]
    public void Palette_images_give_their_colours(int depth, bool interlaced)
    {
        var file = new PngBuilder(5, 3, PngBuilder.Palette, depth) { Interlaced = interlaced }.With("PLTE", FourColours).Build((x, y, _) => (x + y) % 4);

        var image = ImageFile.Read(file, "made.png");

        Assert.Equal(3, image.Channels);
        for (var i = 0; i < 15; i++)
        {
            Assert.Equal(FourColours[(3 * ((i % 5 + i / 5) % 4))..][..3], image.Pixels[(3 * i)..][..3]);
        }
    }

    [Theory, InlineData(PngBuilder.Palette, 1), InlineData(PngBuilder.Palette, 2), InlineData(PngBuilder.Palette, 4), InlineData(PngBuilder.Palette, 8), InlineData(PngBuilder.Grey, 1), InlineData(PngBuilder.Grey, 2), InlineData(PngBuilder.Grey, 4), InlineData(PngBuilder.Grey, 8)]
    public void Masks_are_read_as_indices_without_stretching(int colourType, int depth)
    {
        var count = 1 << Math.Min(depth, 2);
        var builder = new PngBuilder(5, 3, colourType, depth);
        if (colourType == PngBuilder.Palette)
        {
            builder.With("PLTE", FourColours[..(3 * count)]);
        }

        var mask = ImageFile.ReadIndices(builder.Build((x, y, _) => (x + y) % count), "mask.png");

        Assert.Equal(1, mask.Channels);
        Assert.Equal(Enumerable.Range(0, 15).Select(i => (byte)((i % 5 + i / 5) % count)), mask.Pixels);
    }

    [Fact]
    public void Transparent_palette_entries_become_alpha()
    {
        var file = new PngBuilder(4, 1, PngBuilder.Palette, 8).With("PLTE", FourColours).With("tRNS", 0, 128).Build((x, _, _) => x);

        var image = ImageFile.Read(file, "made.png");

        Assert.Equal(4, image.Channels);
        Assert.Equal([0, 128, 255, 255], image.Pixels.Where((_, i) => i % 4 == 3));
    }

    [Fact]
    public void The_transparent_grey_of_a_grey_image_becomes_alpha()
    {
        var file = new PngBuilder(4, 1, PngBuilder.Grey, 2).With("tRNS", 0, 2).Build((x, _, _) => x);

        var image = ImageFile.Read(file, "made.png");

        Assert.Equal([0, 0, 0, 255, 85, 85, 85, 255, 170, 170, 170, 0, 255, 255, 255, 255], image.Pixels);
    }

    [Fact]
    public void To_rgb_drops_alpha_without_compositing()
    {
        var file = new PngBuilder(2, 1, PngBuilder.Rgba, 8).Build((x, _, channel) => channel == 3 ? 7 : 10 * x + channel);

        Assert.Equal([0, 1, 2, 10, 11, 12], ImageFile.Read(file, "made.png").ToRgb().Pixels);
    }

    [Theory, InlineData(1), InlineData(3), InlineData(4)]
    public void What_is_written_is_read_back(int channels)
    {
        var pixels = new byte[37 * 21 * channels];
        new Random(1).NextBytes(pixels);

        var image = ImageFile.Read(ImageFile.EncodePng(new Image(37, 21, channels, pixels)), "written.png");

        Assert.Equal((37, 21, channels), (image.Width, image.Height, image.Channels));
        Assert.Equal(pixels, image.Pixels);
    }

    [Fact]
    public void Written_masks_keep_indices_and_show_colours()
    {
        var file = ImageFile.EncodePng(new Image(4, 1, 1, [3, 0, 1, 2]), FourColours);

        Assert.Equal([3, 0, 1, 2], ImageFile.ReadIndices(file, "mask.png").Pixels);
        Assert.Equal([100, 110, 120], ImageFile.Read(file, "mask.png").Pixels[..3]);
    }

    [Fact]
    public void A_truncated_png_is_refused_with_the_place_where_it_ends()
    {
        var file = new PngBuilder(32, 32, PngBuilder.Rgb, 8).Build((x, y, channel) => (x * y + 50 * channel) % 256);

        Assert.Equal(FormattableString.Invariant($"img_07.png: the PNG ends after 312 of at least {file.Length:N0} bytes"), Refusal(file[..312], "img_07.png"));
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        var file = new PngBuilder(6, 5, PngBuilder.Rgb, 8).Build((x, y, channel) => x + y + channel);

        for (var length = 0; length < file.Length; length++)
        {
            Assert.StartsWith("x.png: the ", Refusal(file[..length], "x.png"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_damaged_byte_of_the_pixels_is_noticed()
    {
        var file = new PngBuilder(6, 5, PngBuilder.Rgb, 8).Build((x, y, channel) => x + y + channel);
        file[^20] ^= 1; // 12 bytes of end chunk, 4 of the picture's CRC, the last of its own check sum

        Assert.Equal("x.png: the PNG is damaged (IDAT: incorrect data check)", Refusal(file, "x.png"));
    }

    [Fact]
    public void A_small_file_that_declares_a_huge_picture_is_refused_without_allocating_it()
    {
        var file = new PngBuilder(1, 1, PngBuilder.Rgb, 8) { Declared = (60_000, 60_000) }.Build((_, _, _) => 0);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var message = Refusal(file, "bomb.png");

        Assert.StartsWith("bomb.png: the picture declares 60,000 x 60,000 pixels, which take 10,800,000,000 bytes", message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000);
    }

    [Fact]
    public void A_colour_outside_of_the_palette_is_refused()
    {
        var file = new PngBuilder(2, 1, PngBuilder.Palette, 8).With("PLTE", FourColours).Build((x, _, _) => 9 * x);

        Assert.Equal("x.png: the PNG's pixel at row 0, column 1 has colour 9 of a palette of 4", Refusal(file, "x.png"));
    }

    [Fact]
    public void A_compressed_comment_is_not_unpacked()
    {
        using var comment = new MemoryStream();
        comment.Write("k\0\0"u8);
        using (var zlib = new ZLibStream(comment, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(new byte[50_000_000]);
        }
        var file = new PngBuilder(1, 1, PngBuilder.Grey, 8).With("zTXt", comment.ToArray()).Build((_, _, _) => 5);

        Assert.Equal([5], ImageFile.Read(file, "x.png").Pixels);
    }

    [Theory, InlineData(PngBuilder.Rgb, 8, "holds colours"), InlineData(PngBuilder.Grey, 16, "has 16 bits")]
    public void Masks_of_colours_or_sixteen_bits_are_refused(int colourType, int depth, string reason)
    {
        var file = new PngBuilder(1, 1, colourType, depth).Build((_, _, _) => 1);

        Assert.Contains(reason, Assert.Throws<InputException>(() => ImageFile.ReadIndices(file, "x.png")).Message, StringComparison.Ordinal);
    }

    private static string Refusal(byte[] file, string name) => Assert.Throws<InputException>(() => ImageFile.Read(file, name)).Message;
}
