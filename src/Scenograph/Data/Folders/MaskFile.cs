using Scenograph.Data.Formats;
using Scenograph.Torch;
using Scenograph.Torch.Images;

namespace Scenograph.Data.Folders;

/// <summary>
/// A scene's masks as one file: a grey or palette PNG whose values are labels; a coloured PNG in which the background has a known colour and every
/// other colour is an object, numbered in the order in which they are met from the top left; or an array .npy [N, H, W] of N objects.
/// </summary>
internal static class MaskFile
{
    /// <param name="path">PNG or .npy.</param>
    /// <param name="background">Colour of the background in coloured masks; null: these are refused.</param>
    /// <returns>Size and labels, 0 the background.</returns>
    /// <exception cref="InputException">The file is missing or broken, or holds too many objects.</exception>
    public static (int Height, int Width, byte[] Labels) Read(string path, (byte Red, byte Green, byte Blue)? background)
    {
        if (path.EndsWith(".npy", StringComparison.Ordinal))
        {
            return FromArray(NumpyArray.Load(path), path);
        }

        if (background is null)
        {
            var mask = ImageFile.ReadIndices(path);
            return (mask.Height, mask.Width, mask.Pixels);
        }

        var picture = ImageFile.Read(path);
        if (picture.Channels == 1)
        {
            // A palette is read as colours, so one channel is grey levels, whose values are labels.
            picture = ImageFile.ReadIndices(path);
            return (picture.Height, picture.Width, picture.Pixels);
        }

        return (picture.Height, picture.Width, FromColors(picture, background.Value, path));
    }

    private static byte[] FromColors(Image picture, (byte Red, byte Green, byte Blue) background, string path)
    {
        var labels = new byte[picture.Width * picture.Height];
        var known = new Dictionary<int, byte> { [Code(background.Red, background.Green, background.Blue)] = 0 };
        var pixels = picture.Pixels;
        for (var i = 0; i < labels.Length; i++)
        {
            var at = i * picture.Channels;
            var code = Code(pixels[at], pixels[at + 1], pixels[at + 2]);
            if (!known.TryGetValue(code, out labels[i]))
            {
                if (known.Count > byte.MaxValue)
                {
                    throw new InputException($"{path}: the mask has more than {byte.MaxValue} colours beside the background's; masks have one colour an object, without soft edges.");
                }

                known[code] = labels[i] = (byte)known.Count;
            }
        }

        return labels;
    }

    private static int Code(byte red, byte green, byte blue) => (red << 16) | (green << 8) | blue;

    private static (int Height, int Width, byte[] Labels) FromArray(NumpyArray array, string path)
    {
        if (array.Shape is not [>= 0 and <= byte.MaxValue, > 0, > 0])
        {
            throw new InputException($"{path}: shape ({string.Join(", ", array.Shape)}), but [N, H, W] with at most {byte.MaxValue} objects is needed.");
        }

        var (objects, height, width) = (array.Shape[0], array.Shape[1], array.Shape[2]);
        var values = array.ToSingles();
        var labels = new byte[height * width];
        var best = new float[labels.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var pixel = i % labels.Length;
            if (values[i] > best[pixel])
            {
                (best[pixel], labels[pixel]) = (values[i], (byte)((i / labels.Length) + 1));
            }
        }

        return (height, width, labels);
    }
}
