using Scenograph.Torch;
using Scenograph.Torch.Images;

namespace Scenograph.Data.Folders;

/// <summary>Scenes that lie as picture files in a folder, with or without masks. Files are read when asked for, by any thread.</summary>
public sealed class PictureSet : IDataSet
{
    private readonly IReadOnlyList<Picture> pictures;
    private readonly int? declaredMaskCount;
    private readonly Lazy<int> maskCount;

    /// <param name="name">For logs.</param>
    /// <param name="pictures">At least one; all with a mask or none.</param>
    /// <param name="channels">1 or 3; grey pictures are spread over 3, alpha is dropped.</param>
    /// <param name="maskCount">Largest number of masks of a scene, background included; null: all mask files are read when it is first asked for.</param>
    /// <exception cref="InputException">There is no picture, or the first cannot be read.</exception>
    public PictureSet(string name, IReadOnlyList<Picture> pictures, int channels = 3, int? maskCount = null)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        if (pictures.Count == 0)
        {
            throw new InputException($"{name}: there is no picture in this part of the set.");
        }

        Name = name;
        this.pictures = pictures;
        Channels = channels;
        var first = ImageFile.Read(pictures[0].Path);
        Height = first.Height;
        Width = first.Width;
        declaredMaskCount = maskCount;
        this.maskCount = new Lazy<int>(() => maskCount ?? CountMasks());
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => pictures.Count;

    /// <inheritdoc/>
    public int Channels { get; }

    /// <summary>Rows of the first picture; of all, unless <see cref="MixedSizes"/>.</summary>
    public int Height { get; }

    /// <summary>Columns of the first picture; of all, unless <see cref="MixedSizes"/>.</summary>
    public int Width { get; }

    /// <inheritdoc/>
    public int MaskCount => maskCount.Value;

    /// <summary>Hand out pictures of other sizes than the first as they are, for a transform to resize; else they are refused.</summary>
    public bool MixedSizes { get; init; }

    /// <summary>Colour of the background in masks that are coloured pictures; null: such masks are refused.</summary>
    public (byte Red, byte Green, byte Blue)? MaskBackground { get; init; }

    /// <inheritdoc/>
    public Sample Read(int index)
    {
        var picture = pictures[index];
        var image = ImageFile.Read(picture.Path);
        if (!MixedSizes && (image.Height != Height || image.Width != Width))
        {
            throw new InputException(
                $"{picture.Path}: {image.Width} x {image.Height} pixels, but {pictures[0].Path} has {Width} x {Height}; give the spec a size, as in -crop-(64,64), to bring all to one.");
        }

        var labels = picture.MaskPath is null ? null : ReadMask(picture.MaskPath, image, picture.Path);
        return new Sample
        {
            Index = picture.Index,
            Channels = Channels,
            Height = image.Height,
            Width = image.Width,
            Image = ToPlanes(image, picture.Path),
            Labels = labels,
            Visible = labels is null ? null : FitVisible(picture.Visible, labels),
            Metadata = picture.ReadMetadata?.Invoke(),
        };
    }

    private byte[] ReadMask(string path, Image image, string imagePath)
    {
        var (height, width, labels) = MaskFile.Read(path, MaskBackground);
        return width == image.Width && height == image.Height
            ? labels
            : throw new InputException($"{path}: {width} x {height} pixels, but its picture {imagePath} has {image.Width} x {image.Height}.");
    }

    private float[] ToPlanes(Image image, string path)
    {
        if (image.Channels >= Channels)
        {
            return image.Channels == 1 || Channels == 3
                ? PixelValues.ToPlanes(image.Pixels, image.Channels, Channels)
                : throw new InputException($"{path}: a colour picture in a set whose scene file says it is grey (channels 1).");
        }

        var grey = PixelValues.ToPlanes(image.Pixels, 1, 1);
        return [.. grey, .. grey, .. grey];
    }

    private bool[] FitVisible(bool[]? declared, byte[] labels)
    {
        // Not MaskCount: that may have to read all masks.
        var count = declaredMaskCount ?? Math.Max(LabelMap.Maximum(labels) + 1, declared?.Length ?? 0);
        if (declared is null)
        {
            return LabelMap.Present(labels, count);
        }

        var visible = new bool[count];
        declared.AsSpan(0, Math.Min(declared.Length, visible.Length)).CopyTo(visible);
        return visible;
    }

    private int CountMasks()
    {
        var most = 0;
        var gate = new Lock();
        try
        {
            Parallel.ForEach(pictures, picture =>
            {
                if (picture.MaskPath is not null)
                {
                    var count = LabelMap.Maximum(MaskFile.Read(picture.MaskPath, MaskBackground).Labels) + 1;
                    lock (gate)
                    {
                        most = Math.Max(most, count);
                    }
                }
            });
        }
        catch (AggregateException exception) when (exception.InnerExceptions[0] is InputException first)
        {
            throw new InputException(first.Message, exception);
        }

        return most;
    }
}
