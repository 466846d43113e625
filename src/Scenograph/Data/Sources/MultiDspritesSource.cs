namespace Scenograph.Data.Sources;

/// <summary><c>multi_dsprites:VARIANT</c>, the TFRecord files of Kabra et al.'s multi_object_datasets, or npz archives made of them.</summary>
public sealed class MultiDspritesSource : IDataSource
{
    private static readonly string[] Variants = ["colored_on_colored", "binarized", "colored_on_grayscale"];

    /// <inheritdoc/>
    public string Name => "multi_dsprites";

    /// <inheritdoc/>
    public string Summary => "multi-dSprites from multi_dsprites/multi_dsprites_VARIANT.tfrecords or multi_dsprites_VARIANT/*.npz: colored_on_colored, binarized, colored_on_grayscale";

    /// <inheritdoc/>
    public bool DeclaresVisibility => true;

    /// <inheritdoc/>
    public bool TryGetShape(string? variant, out ImageShape? shape)
    {
        shape = null;
        return Variants.Contains(variant);
    }

    /// <inheritdoc/>
    public IDataSet Open(SourceRequest request) => MultiObjectPlace.Of(request.Source, request.RequireVariant(Variants), "multi_dsprites_").Open(request);
}
