using Scenograph.Data.Folders;

namespace Scenograph.Data.Sources;

/// <summary><c>clevr_folder:NAME</c>: a folder laid out as CLEVR v1.0, e.g. <c>clevr_folder:[../shared/data/clevr-mini]-crop-(64,64)</c>.</summary>
public sealed class ClevrFolderSource : IDataSource
{
    /// <inheritdoc/>
    public string Name => "clevr_folder";

    /// <inheritdoc/>
    public string Summary => "a folder laid out as CLEVR v1.0, with masks/ where there are any; clevr_folder:NAME or clevr_folder:[PATH]";

    /// <inheritdoc/>
    public double CropFraction => 0.8;

    /// <inheritdoc/>
    public bool DeclaresVisibility => true;

    /// <inheritdoc/>
    public bool TryGetShape(string? variant, out ImageShape? shape)
    {
        shape = null;
        return variant is not null;
    }

    /// <inheritdoc/>
    public IDataSet Open(SourceRequest request) =>
        ClevrFolder.Open(request.RequireFolder("with images/train/CLEVR_train_000000.png ..., scenes/CLEVR_train_scenes.json, masks/train/ ..."), request.Split);
}
