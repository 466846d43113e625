namespace Scenograph.Data.Sources;

/// <summary><c>clevr_with_masks</c> (<c>clevr</c>): the TFRecord file of multi_object_datasets, or one npz archive a scene as converted for the ClevrTex benchmark.</summary>
public sealed class ClevrArchiveSource : IDataSource
{
    /// <inheritdoc/>
    public string Name => "clevr_with_masks";

    /// <inheritdoc/>
    public string ShortName => "cle";

    /// <inheritdoc/>
    public string Summary => "CLEVR with masks, 240 x 320, from clevr_with_masks/*.tfrecords or */*.npz; also called clevr";

    /// <inheritdoc/>
    public double CropFraction => 0.8;

    /// <inheritdoc/>
    public bool DeclaresVisibility => true;

    /// <inheritdoc/>
    public bool TryGetShape(string? variant, out ImageShape? shape)
    {
        shape = new ImageShape(3, 240, 320);
        return variant is null;
    }

    /// <inheritdoc/>
    public IDataSet Open(SourceRequest request)
    {
        request.RequireNoVariant();
        return Place.Open(request);
    }

    internal static MultiObjectPlace Place { get; } = new("clevr_with_masks", "clevr_with_masks_train", "clevr_with_masks/manifest_ind.json and clevr_with_masks/0/0.npz ...");
}
