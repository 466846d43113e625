namespace Scenograph.Data.Sources;

/// <summary><c>objects_room:VARIANT</c>, the TFRecord files of Kabra et al.'s multi_object_datasets, or npz archives made of them.</summary>
public sealed class ObjectsRoomSource : IDataSource
{
    private static readonly string[] Variants = ["train", "six_objects", "empty_room", "identical_color"];

    /// <inheritdoc/>
    public string Name => "objects_room";

    /// <inheritdoc/>
    public string Summary => "Objects Room from objects_room/objects_room_*.tfrecords or objects_room_VARIANT/*.npz: train, six_objects, empty_room, identical_color";

    /// <inheritdoc/>
    public bool TryGetShape(string? variant, out ImageShape? shape)
    {
        shape = null;
        return Variants.Contains(variant);
    }

    /// <inheritdoc/>
    public IDataSet Open(SourceRequest request) => MultiObjectPlace.Of(request.Source, request.RequireVariant(Variants), request.Variant == "train" ? "objects_room_" : "objects_room_test_").Open(request);
}
