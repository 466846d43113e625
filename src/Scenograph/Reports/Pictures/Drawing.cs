using Scenograph.Torch.Images;

namespace Scenograph.Reports.Pictures;

/// <summary>The little drawing that the pictures need, on 8-bit RGB images.</summary>
public static class Drawing
{
    /// <summary>An RGB image over <paramref name="pixels"/>, [H, W, 3].</summary>
    internal static Image Rgb(int width, int height, byte[] pixels) => new(width, height, 3, pixels);

    /// <summary>An RGB image of one colour.</summary>
    internal static Image Plain(int width, int height, Colour colour)
    {
        var image = Rgb(width, height, new byte[checked(3 * width * height)]);
        Fill(image, 0, 0, width, height, colour);
        return image;
    }

    /// <summary>
    /// Turns planes of numbers into an image: values are clamped to [0, 1], multiplied by 255 and truncated (as the ClevrTex
    /// benchmark does), NaN becomes 0, and a single channel is repeated three times.
    /// </summary>
    /// <param name="planes">[C, H, W], row-major.</param>
    /// <param name="channels">C, 1 or 3; of more channels the first three are taken.</param>
    /// <param name="height">Rows H.</param>
    /// <param name="width">Columns W.</param>
    public static Image FromPlanes(ReadOnlySpan<float> planes, int channels, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(planes.Length, channels * height * width);
        var area = height * width;
        var pixels = new byte[3 * area];
        for (var channel = 0; channel < 3; channel++)
        {
            var plane = planes.Slice((channels >= 3 ? channel : 0) * area, area);
            for (var i = 0; i < area; i++)
            {
                pixels[3 * i + channel] = ToByte(plane[i]);
            }
        }
        return Rgb(width, height, pixels);
    }

    /// <summary>Repeats every pixel <paramref name="factor"/> times in both directions, so that small images keep their hard edges.</summary>
    public static Image Upscale(Image image, int factor)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        if (factor == 1)
        {
            return image;
        }
        var (width, channels) = (checked(image.Width * factor), image.Channels);
        var pixels = new byte[checked(width * image.Height * factor * channels)];
        for (var y = 0; y < image.Height * factor; y++)
        {
            var row = pixels.AsSpan(y * width * channels, width * channels);
            if (y % factor > 0)
            {
                pixels.AsSpan((y - 1) * width * channels, width * channels).CopyTo(row);
                continue;
            }
            for (var x = 0; x < width; x++)
            {
                image.Pixels.AsSpan((y / factor * image.Width + x / factor) * channels, channels).CopyTo(row[(x * channels)..]);
            }
        }
        return new Image(width, image.Height * factor, channels, pixels);
    }

    /// <summary>The smallest whole factor that makes the longer side of an image at least <paramref name="size"/> pixels.</summary>
    public static int FactorFor(int width, int height, int size) => Math.Max(1, (size + Math.Max(width, height) - 1) / Math.Max(width, height));

    /// <summary>Clamps, scales and truncates one value in [0, 1]; NaN gives 0.</summary>
    internal static byte ToByte(float value) => value > 0 ? (byte)(Math.Min(value, 1) * 255) : (byte)0;

    /// <summary>Copies <paramref name="source"/> to the place whose top-left corner is (x, y); it must lie within.</summary>
    internal static void Paste(Image target, Image source, int x, int y)
    {
        for (var row = 0; row < source.Height; row++)
        {
            source.Pixels.AsSpan(3 * row * source.Width, 3 * source.Width).CopyTo(target.Pixels.AsSpan(3 * ((y + row) * target.Width + x)));
        }
    }

    /// <summary>Fills a rectangle, clipped to the image.</summary>
    internal static void Fill(Image image, int x, int y, int width, int height, Colour colour)
    {
        for (var row = Math.Max(0, y); row < Math.Min(image.Height, y + height); row++)
        {
            for (var column = Math.Max(0, x); column < Math.Min(image.Width, x + width); column++)
            {
                var at = 3 * (row * image.Width + column);
                (image.Pixels[at], image.Pixels[at + 1], image.Pixels[at + 2]) = colour;
            }
        }
    }

    /// <summary>Draws a frame one pixel wide through the corners of <paramref name="box"/>, clipped to the image.</summary>
    internal static void Frame(Image image, Box box, Colour colour)
    {
        var (width, height) = (box.Right - box.Left + 1, box.Bottom - box.Top + 1);
        Fill(image, box.Left, box.Top, width, 1, colour);
        Fill(image, box.Left, box.Bottom, width, 1, colour);
        Fill(image, box.Left, box.Top, 1, height, colour);
        Fill(image, box.Right, box.Top, 1, height, colour);
    }
}
