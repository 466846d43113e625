using Scenograph.Data;

namespace Scenograph.Evaluation;

/// <summary>Properties of scenes and objects by which results are broken down.</summary>
public static class TagNames
{
    /// <summary>Number of true objects with at least one pixel; for every metric of a scene.</summary>
    public const string ObjectCount = "num_objects";

    /// <summary>Material of the ground; for <see cref="MetricNames.GroundError"/> and <see cref="MetricNames.GroundIou"/>.</summary>
    public const string GroundMaterial = "ground_material";

    /// <summary>Attributes with more values than this are measures, such as a size in pixels or a colour of any shade, and are not broken down by.</summary>
    public const int MostValues = 24;

    /// <summary>
    /// Attributes of <see cref="ObjectMetadata"/>; for <see cref="MetricNames.ObjectError"/> and
    /// <see cref="MetricNames.ObjectIou"/>. Others, such as the rotation, take too many values to be of use.
    /// </summary>
    public static IReadOnlyList<string> ObjectAttributes { get; } = ["material", "shape", "size", "color", "class"];
}
