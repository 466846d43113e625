using Scenograph.Data.MultiObject;

namespace Scenograph.Data.Sources;

/// <summary><c>tfrecords:[PATH]</c>: any TFRecord file of multi_object_datasets, wherever it lies; which set it is, its first record tells.</summary>
public sealed class TfRecordSource : IDataSource
{
    /// <inheritdoc/>
    public string Name => "tfrecords";

    /// <inheritdoc/>
    public string Summary => "a TFRecord file of multi_object_datasets by its path, any of its sets; tfrecords:NAME or tfrecords:[PATH]";

    /// <inheritdoc/>
    public bool DeclaresVisibility => true;

    /// <inheritdoc/>
    public bool TryGetShape(string? variant, out ImageShape? shape)
    {
        shape = null;
        return variant is not null;
    }

    /// <inheritdoc/>
    public IDataSet Open(SourceRequest request) => MultiObjectFile.Open(
        request.RequireFile("a TFRecord file of multi_object_datasets"), request.Split, request.LargestCount, notice: request.Roots.Notice);
}
