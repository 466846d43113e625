using Scenograph.Data.Folders;

namespace Scenograph.Data.Sources;

/// <summary><c>objects_room:VARIANT</c>, one npz archive a scene, converted from Kabra et al.'s multi_object_datasets.</summary>
public sealed class ObjectsRoomSource : IDataSource
{
    private static readonly string[] Variants = ["train", "six_objects", "empty_room", "identical_color"];

    /// <inheritdoc/>
    public string Name => "objects_room";

    /// <inheritdoc/>
    public string Summary => "Objects Room from objects_room_VARIANT/*.npz: train, six_objects, empty_room, identical_color";

    /// <inheritdoc/>
    public bool TryGetShape(string? variant, out ImageShape? shape)
    {
        shape = null;
        return Variants.Contains(variant);
    }

    /// <inheritdoc/>
    public IDataSet Open(SourceRequest request) => ArchiveFolder.OpenVariant(request, Variants);
}
