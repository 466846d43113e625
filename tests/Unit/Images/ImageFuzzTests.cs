using Scenograph.Tests.Unit.Fuzz;
using Scenograph.Torch;
using Scenograph.Torch.Images;

namespace Scenograph.Tests.Unit.Images;

public sealed class ImageFuzzTests
{
    [Fact]
    public void Ten_thousand_damaged_pngs_do_no_harm()
    {
        byte[] palette = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120];
        byte[][] seeds =
        [
            new PngBuilder(19, 17, PngBuilder.Rgb, 8).Build((x, y, channel) => 13 * x * y % 256 ^ channel),
            new PngBuilder(19, 17, PngBuilder.Rgba, 16) { Interlaced = true }.Build((x, y, channel) => 977 * x * y % 65536 ^ channel),
            new PngBuilder(19, 17, PngBuilder.Palette, 2).With("PLTE", palette).With("tRNS", 1, 2).Build((x, y, _) => (x + y) % 4),
            new PngBuilder(19, 17, PngBuilder.Grey, 4) { Interlaced = true }.With("tRNS", 0, 2).With("tEXt", "a\0comment"u8.ToArray()).Build((x, y, _) => (x ^ y) % 16),
            new PngBuilder(19, 17, PngBuilder.GreyAlpha, 8).With("gAMA", 0, 0, 177, 143).Build((x, y, _) => (x ^ y) % 256),
        ];

        Mutations.Check(seeds, ReadBothWays, PngRepair.CheckSums);
    }

    [Fact]
    public void Ten_thousand_damaged_jpegs_do_no_harm()
    {
        byte[][] seeds =
        [
            TestFiles.Read("Images/data/cmyk.jpg"),
            TestFiles.Read("Images/data/ycck.jpg"),
            TestFiles.Read("Images/data/rgb.jpg"),
            TestFiles.Read("Images/data/progressive.jpg"),
            ImageFile.EncodeJpeg(new Image(33, 29, 3, [.. Enumerable.Range(0, 33 * 29 * 3).Select(i => (byte)(i * i / 7))])),
            ImageFile.EncodeJpeg(new Image(33, 29, 1, [.. Enumerable.Range(0, 33 * 29).Select(i => (byte)(i * i / 7))])),
        ];

        Mutations.Check(seeds, file => ImageFile.Read(file, "fuzz.jpg"));
    }

    /// <summary>As a mask first: its refusal must be a sentence too, but must not keep the colours from being read.</summary>
    private static void ReadBothWays(byte[] file)
    {
        if (Record.Exception(() => ImageFile.ReadIndices(file, "fuzz.png")) is { } refusal)
        {
            Assert.IsType<InputException>(refusal);
        }
        ImageFile.Read(file, "fuzz.png");
    }
}
