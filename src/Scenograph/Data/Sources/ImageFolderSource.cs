using Scenograph.Data.Folders;

namespace Scenograph.Data.Sources;

/// <summary><c>folder:NAME</c>: a folder of pictures, see <see cref="ImageFolder"/>.</summary>
public sealed class ImageFolderSource : IDataSource
{
    /// <inheritdoc/>
    public string Name => "folder";

    /// <inheritdoc/>
    public string Summary => "a folder of PNG and JPEG files, images/ and masks/, by its splits or by tenths; folder:NAME or folder:[PATH]";

    /// <inheritdoc/>
    public bool TryGetShape(string? variant, out ImageShape? shape)
    {
        shape = null;
        return variant is not null;
    }

    /// <inheritdoc/>
    public IDataSet Open(SourceRequest request) => ImageFolder.Open(request.RequireFolder("with images/*.png and masks/*.png"), request.Split, mixedSizes: true, request.Options.Folder);
}
