namespace Scenograph.Data.Transforms;

/// <summary>What replaces the background and the objects.</summary>
public sealed record Recoloring
{
    /// <summary>Background to black: img · (1 − mask₀).</summary>
    public bool BlackBackground { get; init; }

    /// <summary>Background to one random colour an image: img · (1 − mask₀) + colour · mask₀.</summary>
    public bool RandomBackground { get; init; }

    /// <summary>All objects to one random colour an image: img · mask₀ + colour · (1 − mask₀).</summary>
    public bool OneRandomObjectColor { get; init; }

    /// <summary>Every object to its own random colour: img · mask₀ + Σ colour_k · mask_k.</summary>
    public bool EachObjectRandomColor { get; init; }

    /// <summary>Nothing is replaced.</summary>
    public bool IsIdentity => !BlackBackground && !RandomBackground && !OneRandomObjectColor && !EachObjectRandomColor;
}
