namespace Scenograph.Evaluation;

/// <summary>All that was measured on one scene.</summary>
public sealed record ImageScores
{
    /// <summary>The scene's place in its data set.</summary>
    public required int Index { get; init; }

    /// <summary>Number of true foreground masks with at least one pixel; null where the data set has no masks.</summary>
    public int? ObjectCount { get; init; }

    /// <summary>Material of the ground, or null.</summary>
    public string? GroundMaterial { get; init; }

    /// <summary>Metric by name; NaN where it is not defined for this scene.</summary>
    public required IReadOnlyDictionary<string, double> Values { get; init; }

    /// <summary>The true objects that are visible, where the scene's metadata is known.</summary>
    public IReadOnlyList<ObjectScores> Objects { get; init; } = [];
}

/// <summary>What was measured on one true object.</summary>
/// <param name="Label">Its label in the scene, from 1.</param>
/// <param name="SquaredError">Summed over channels and over the object's pixels.</param>
/// <param name="Iou">With the predicted mask that it is paired with, 0 to 1.</param>
/// <param name="Attributes">What is known of it.</param>
public sealed record ObjectScores(int Label, double SquaredError, double Iou, IReadOnlyDictionary<string, string> Attributes);
