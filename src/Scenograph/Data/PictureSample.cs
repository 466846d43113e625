using Scenograph.Data.Resizing;
using Scenograph.Torch;
using Scenograph.Torch.Images;

namespace Scenograph.Data;

/// <summary>A picture file as a model takes it.</summary>
public static class PictureSample
{
    /// <summary>
    /// Reads a PNG or JPEG, takes the largest centred part that has the model's proportions, and resizes it bilinearly (torch's, not
    /// antialiased) to the model's size. Grey pictures become colour pictures and the other way round as the model asks.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="index">The sample's number.</param>
    /// <param name="size">Channels (1 or 3), rows and columns of the model's images.</param>
    /// <exception cref="InputException">The file is missing or broken, or smaller than the model's images.</exception>
    public static Sample Read(string path, int index, (int Channels, int Height, int Width) size)
    {
        var image = ImageFile.Read(path);
        var (channels, height, width) = size;
        if (image.Height < height || image.Width < width)
        {
            throw new InputException($"{path} is {image.Width}x{image.Height} pixels, smaller than the model's {width}x{height}; give a larger picture");
        }
        var planes = PixelValues.ToPlanes(image.Pixels, image.Channels, channels);
        var scale = Math.Min((double)image.Height / height, (double)image.Width / width);
        var (partHeight, partWidth) = ((int)Math.Round(height * scale), (int)Math.Round(width * scale));
        var part = Crop(planes, channels, image.Height, image.Width, (image.Height - partHeight) / 2, (image.Width - partWidth) / 2, partHeight, partWidth);
        return new()
        {
            Index = index,
            Channels = channels,
            Height = height,
            Width = width,
            Image = TorchBilinear.Resize(part, channels, partHeight, partWidth, height, width),
        };
    }

    private static float[] Crop(float[] planes, int channels, int height, int width, int top, int left, int newHeight, int newWidth)
    {
        var part = new float[channels * newHeight * newWidth];
        for (var row = 0; row < channels * newHeight; row++)
        {
            var (c, y) = (row / newHeight, row % newHeight);
            planes.AsSpan((c * height + top + y) * width + left, newWidth).CopyTo(part.AsSpan(row * newWidth));
        }
        return part;
    }
}
