using Scenograph.Torch;

namespace Scenograph.Data.Formats;

/// <summary>Labelled grey images from a pair of IDX files: MNIST, Fashion-MNIST, EMNIST.</summary>
public sealed class MnistFiles
{
    private MnistFiles(byte[] pixels, byte[] classes, int height, int width)
    {
        Pixels = pixels;
        Classes = classes;
        Height = height;
        Width = width;
    }

    /// <summary>[N, H, W], 0 background, 255 ink.</summary>
    public byte[] Pixels { get; }

    /// <summary>[N]</summary>
    public byte[] Classes { get; }

    /// <summary>Rows of an image.</summary>
    public int Height { get; }

    /// <summary>Columns of an image.</summary>
    public int Width { get; }

    /// <summary>Number of images.</summary>
    public int Count => Classes.Length;

    /// <summary>[H, W] of one image.</summary>
    public ReadOnlySpan<byte> Image(int index) => Pixels.AsSpan(index * Height * Width, Height * Width);

    /// <summary>Reads one of the two canonical pairs, <c>train-images-idx3-ubyte</c> or <c>t10k-images-idx3-ubyte</c> and the labels, each with or without <c>.gz</c>.</summary>
    /// <param name="folder">Folder that holds the files.</param>
    /// <param name="test">The t10k pair.</param>
    /// <exception cref="InputException">A file is missing or broken, or the two do not belong together.</exception>
    public static MnistFiles Read(string folder, bool test)
    {
        var part = test ? "t10k" : "train";
        return Read(Find(folder, $"{part}-images-idx3-ubyte"), Find(folder, $"{part}-labels-idx1-ubyte"));
    }

    /// <param name="imagePath">IDX with three axes.</param>
    /// <param name="labelPath">IDX with one axis.</param>
    /// <exception cref="InputException">A file is missing or broken, or the two do not belong together.</exception>
    public static MnistFiles Read(string imagePath, string labelPath)
    {
        var images = Idx.Read(imagePath, axes: 3);
        var labels = Idx.Read(labelPath, axes: 1);
        if (images.Shape[0] != labels.Shape[0])
        {
            throw new InputException($"{labelPath}: {labels.Shape[0]} labels do not belong to the {images.Shape[0]} images of {imagePath}.");
        }

        return images.Bytes.Length > 0
            ? new MnistFiles(images.Bytes, labels.Bytes, images.Shape[1], images.Shape[2])
            : throw new InputException($"{imagePath}: the file holds no images.");
    }

    internal static string Find(string folder, string name)
    {
        var plain = Path.Combine(folder, name);
        var zipped = plain + ".gz";
        return File.Exists(plain) ? plain
            : File.Exists(zipped) ? zipped
            : throw new InputException($"{folder}: there is neither {name} nor {name}.gz; both images and labels are needed.");
    }
}
