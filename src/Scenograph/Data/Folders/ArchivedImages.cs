using Scenograph.Data.Formats;
using Scenograph.Torch;

namespace Scenograph.Data.Folders;

/// <summary>Grey images that lie in one array [N, H, W] of one npz archive, without masks.</summary>
public sealed class ArchivedImages : IDataSet
{
    private readonly NumpyArray images;

    /// <param name="name">For logs.</param>
    /// <param name="path">The archive.</param>
    /// <param name="array">Unsigned bytes [N, H, W].</param>
    /// <exception cref="InputException">The file or the array is missing or of another form.</exception>
    public ArchivedImages(string name, string path, string array)
    {
        using var archive = NumpyArchive.Open(path, expansion: 100);
        images = archive.Read(array);
        if (images.Type != NumpyType.UInt8 || images.Shape is not [> 0, > 0, > 0])
        {
            throw new InputException($"{path}, array '{array}': {images.Type} of shape ({string.Join(", ", images.Shape)}), but unsigned bytes [N, H, W] are needed.");
        }

        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => images.Shape[0];

    /// <inheritdoc/>
    public int Channels => 1;

    /// <inheritdoc/>
    public int Height => images.Shape[1];

    /// <inheritdoc/>
    public int Width => images.Shape[2];

    /// <inheritdoc/>
    public int MaskCount => 0;

    /// <inheritdoc/>
    public Sample Read(int index) => new()
    {
        Index = index,
        Channels = 1,
        Height = Height,
        Width = Width,
        Image = PixelValues.ToPlanes(images.As<byte>().Slice(index * Height * Width, Height * Width), 1, 1),
    };
}
