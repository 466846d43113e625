using Scenograph.Torch;
using Scenograph.Torch.Images;

namespace Scenograph.Tests.Unit.Images;

public sealed class JpegTests
{
    private static readonly byte[] Baseline = ImageFile.EncodeJpeg(Gradient(48, 40, 3));

    // (255 − ink)(255 − black) / 255 for the inks that data/make_jpegs.c names.
    [Theory, InlineData("cmyk.jpg"), InlineData("cmyk-adobe.jpg"), InlineData("ycck.jpg")]
    public void Cmyk_becomes_rgb_whether_or_not_adobe_inverted_it(string file)
    {
        var image = ImageFile.Read(TestFiles.PathOf($"Images/data/{file}"));

        AssertNear([184, 138, 92], image.Pixels[..3], 3);
        AssertNear([255, 0, 255], image.Pixels[^3..], 3);
    }

    [Theory, InlineData("rgb.jpg"), InlineData("progressive.jpg")]
    public void Stored_rgb_and_progressive_pictures_give_their_colours(string file)
    {
        var image = ImageFile.Read(TestFiles.PathOf($"Images/data/{file}"));

        Assert.Equal((32, 16, 3), (image.Width, image.Height, image.Channels));
        AssertNear([200, 40, 90], image.Pixels[..3], 3);
        AssertNear([20, 180, 60], image.Pixels[^3..], 3);
    }

    [Theory, InlineData(1), InlineData(3)]
    public void What_is_written_is_read_back_nearly(int channels)
    {
        var image = Gradient(48, 40, channels);

        var read = ImageFile.Read(ImageFile.EncodeJpeg(image, quality: 100), "written.jpg");

        Assert.Equal((48, 40, channels), (read.Width, read.Height, read.Channels));
        AssertNear(image.Pixels, read.Pixels, 6);
    }

    [Fact]
    public void Quality_sets_the_size()
    {
        var noise = new byte[64 * 64 * 3];
        new Random(3).NextBytes(noise);
        var image = new Image(64, 64, 3, noise);

        Assert.True(ImageFile.EncodeJpeg(image, 20).Length < ImageFile.EncodeJpeg(image, 80).Length / 2);
    }

    [Fact]
    public void A_component_count_without_meaning_is_refused() =>
        Assert.Equal("two.jpg: the JPEG has 2 components, but grey (1), colour (3) and CMYK (4) are read", Refusal(TestFiles.Read("Images/data/two.jpg"), "two.jpg"));

    [Fact]
    public void A_truncated_jpeg_is_refused_with_the_place_where_it_ends() =>
        Assert.StartsWith($"cut.jpg: the JPEG ends after {Baseline.Length - 60} bytes", Refusal(Baseline[..^60], "cut.jpg").Replace(",", "", StringComparison.Ordinal), StringComparison.Ordinal);

    [Theory, InlineData("progressive.jpg"), InlineData("ycck.jpg"), InlineData("rgb.jpg")]
    public void Every_truncation_is_refused(string name)
    {
        var file = TestFiles.Read($"Images/data/{name}");

        for (var length = 0; length < file.Length; length++)
        {
            Assert.StartsWith($"{name}: the ", Refusal(file[..length], name), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_jpeg_with_a_broken_header_is_refused()
    {
        var broken = (byte[])Baseline.Clone();
        broken[3] = 0x17; // the marker behind the signature

        Assert.StartsWith("x.jpg: the JPEG ", Refusal(broken, "x.jpg"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_jpeg_whose_frame_header_is_of_no_known_kind_is_refused()
    {
        var broken = (byte[])Baseline.Clone();
        broken[broken.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xff, 0xc0]) + 1] = 0xc3; // lossless, which libjpeg does not read

        Assert.Equal("x.jpg: the JPEG is damaged (Unsupported JPEG process: SOF type 0xc3)", Refusal(broken, "x.jpg"));
    }

    [Fact]
    public void Damaged_picture_data_are_an_error_not_a_grey_patch()
    {
        var broken = (byte[])Baseline.Clone();
        Array.Fill(broken, (byte)0xfe, broken.Length / 2, 200);

        Assert.StartsWith("x.jpg: the JPEG ", Refusal(broken, "x.jpg"), StringComparison.Ordinal);
    }

    [Theory, InlineData("progressive.jpg"), InlineData("rgb.jpg")]
    public void A_small_file_that_declares_a_huge_picture_is_refused(string name)
    {
        var file = TestFiles.Read($"Images/data/{name}");
        var frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xff, name == "rgb.jpg" ? (byte)0xc0 : (byte)0xc2]);
        (file[frame + 5], file[frame + 6], file[frame + 7], file[frame + 8]) = (0xea, 0x60, 0xea, 0x60);

        Assert.StartsWith($"{name}: the picture declares 60,000 x 60,000 pixels", Refusal(file, name), StringComparison.Ordinal);
    }

    [Fact]
    public void A_jpeg_is_no_mask() =>
        Assert.Contains("does not keep labels exactly", Assert.Throws<InputException>(() => ImageFile.ReadIndices(Baseline, "x.jpg")).Message, StringComparison.Ordinal);

    private static Image Gradient(int width, int height, int channels) =>
        new(width, height, channels, [.. Enumerable.Range(0, width * height * channels).Select(i => (byte)(2 * (i / channels % width) + 2 * (i / channels / width) + 20 * (i % channels)))]);

    private static void AssertNear(byte[] expected, byte[] actual, int tolerance) =>
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second, pair.First - tolerance, pair.First + tolerance));

    private static string Refusal(byte[] file, string name) => Assert.Throws<InputException>(() => ImageFile.Read(file, name)).Message;
}
