using Scenograph.Data.Folders;

namespace Scenograph.Data.Sources;

/// <summary><c>pictures:NAME</c>: every picture of a folder without splits, whatever the split, e.g. to evaluate on them.</summary>
public sealed class WholeFolderSource : IDataSource
{
    /// <inheritdoc/>
    public string Name => "pictures";

    /// <inheritdoc/>
    public string Summary => "all pictures of a folder without splits, whatever the split asked for; pictures:NAME or pictures:[PATH]";

    /// <inheritdoc/>
    public bool TryGetShape(string? variant, out ImageShape? shape)
    {
        shape = null;
        return variant is not null;
    }

    /// <inheritdoc/>
    public IDataSet Open(SourceRequest request) => ImageFolder.Open(request.RequireFolder("with images/*.png and masks/*.png"), split: null, mixedSizes: true, request.Options.Folder);
}
