using Scenograph.Data.Folders;
using Scenograph.Data.Formats;

namespace Scenograph.Data.MultiObject;

/// <summary>One feature beside image and mask: <paramref name="Width"/> numbers an entity, [K, Width].</summary>
/// <param name="Name">In the records and in <see cref="ObjectMetadata"/>.</param>
/// <param name="Width">Numbers an entity.</param>
/// <param name="IsByte">A code from 0 to 255, stored as a string of one byte; else a float32.</param>
public sealed record MultiObjectFeature(string Name, int Width = 1, bool IsByte = false);

/// <summary>
/// What the records of one of Kabra et al.'s data sets hold (Kabra, Burgess, Matthey, Lopez Kaufman, Greff, Reynolds, Lerchner,
/// "Multi-Object Datasets", 2019, github.com/deepmind/multi_object_datasets): image [H, W, C], mask of K entities, and numbers for each entity.
/// </summary>
public sealed record MultiObjectSchema
{
    private static readonly MultiObjectFeature[] Dsprites = [new("x"), new("y"), new("shape"), new("color", 3), new("visibility"), new("orientation"), new("scale")];

    private MultiObjectSchema(string name, int channels, int height, int width, int entities, bool entitiesThird, params MultiObjectFeature[] features)
    {
        (Name, Channels, Height, Width, Entities, EntitiesThird, Features) = (name, channels, height, width, entities, entitiesThird, features);
    }

    /// <summary>All published sets, still pictures only.</summary>
    public static IReadOnlyList<MultiObjectSchema> All { get; } =
    [
        new("clevr_with_masks_train", 3, 240, 320, 11, false,
            new("x"), new("y"), new("z"), new("pixel_coords", 3), new("rotation"), new("size", IsByte: true), new("material", IsByte: true),
            new("shape", IsByte: true), new("color", IsByte: true), new("visibility")) { Splits = ArchiveFolder.ClevrSplits },
        new("multi_dsprites_colored_on_colored", 3, 64, 64, 5, true, Dsprites),
        new("multi_dsprites_colored_on_grayscale", 3, 64, 64, 6, true, Dsprites),
        new("multi_dsprites_binarized", 1, 64, 64, 4, true, [.. Dsprites.Select(feature => feature.Name == "color" ? feature with { Width = 1 } : feature)]),
        new("objects_room_train", 3, 64, 64, 7, false) { Backgrounds = 4 },
        new("objects_room_test_six_objects", 3, 64, 64, 10, false) { Backgrounds = 4 },
        new("objects_room_test_empty_room", 3, 64, 64, 4, false) { Backgrounds = 4 },
        new("objects_room_test_identical_color", 3, 64, 64, 10, false) { Backgrounds = 4 },
        // Another library overrides the flags of this set by ones, so they are not to be relied on.
        new("tetrominoes_train", 3, 35, 35, 4, false, new("x"), new("y"), new("shape"), new("color", 3), new("visibility")) { VisibleByMask = true },
    ];

    /// <summary>The published file's name without its ending, e.g. <c>tetrominoes_train</c>.</summary>
    public string Name { get; }

    /// <summary>C, 1 or 3.</summary>
    public int Channels { get; }

    /// <summary>H, rows.</summary>
    public int Height { get; }

    /// <summary>W, columns.</summary>
    public int Width { get; }

    /// <summary>K, most entities of a scene, background included; entries of a scene that has fewer are 0.</summary>
    public int Entities { get; }

    /// <summary>Whether masks are stored [H, W, K, 1]; else [K, H, W, 1].</summary>
    public bool EntitiesThird { get; }

    /// <summary>What there is beside image and mask.</summary>
    public IReadOnlyList<MultiObjectFeature> Features { get; }

    /// <summary>Entities, from the first on, that are no objects: one background, or the sky, the floor and two walls of the objects room.</summary>
    public int Backgrounds { get; private init; } = 1;

    /// <summary>Whether an entity is there where its mask is not empty, because the set has no flags for it or wrong ones.</summary>
    public bool VisibleByMask { get; private init; }

    /// <summary>Which scenes are for testing, validation and training; the sets themselves do not say.</summary>
    public SplitRule Splits { get; private init; } = ArchiveFolder.MultiObjectSplits;

    /// <summary>Numbers beside image and mask.</summary>
    internal int ValueCount => Features.Sum(feature => feature.Width) * Entities;

    /// <summary>The schema of that name, or null.</summary>
    public static MultiObjectSchema? Find(string name) => All.FirstOrDefault(schema => schema.Name == name);

    /// <summary>The schema that a record fits, told by the lengths of image and mask, which differ from set to set; null where none does.</summary>
    public static MultiObjectSchema? Of(TrainExample example)
    {
        ArgumentNullException.ThrowIfNull(example);
        var (image, mask) = (example.Count("image"), example.Count("mask"));
        return All.FirstOrDefault(schema => schema.ImageSize == image && schema.MaskSize == mask);
    }

    internal int ImageSize => Height * Width * Channels;

    internal int MaskSize => Height * Width * Entities;
}
