namespace Scenograph.Data.Generated;

/// <summary>
/// Scenes as those of multi-dSprites (Kabra et al., multi_object_datasets, 2019), drawn here: shapes, six sizes and forty angles of dSprites, numbers
/// of objects, colours and backgrounds of the published variants, later objects hiding earlier ones, hard edges, no least visible part.
/// Where centres may lie is not published for multi-dSprites; it is dSprites' range, any place within it.
/// </summary>
public static class SpritePresets
{
    private static readonly SpriteOptions Dsprites = new()
    {
        Size = 64,
        Shapes = [SpriteShape.Square, SpriteShape.Ellipse, SpriteShape.Heart],
        Proportions = SpriteProportions.Dsprites,
        MinimumSide = 10.0 / 64,
        MaximumSide = 20.0 / 64,
        SideSteps = 6,
        RotationSteps = 40,
        Margin = 0.25,
        MinimumVisible = 0,
        MinimumSaturation = 0,
        MinimumValue = 0,
    };

    /// <summary>The variants by name.</summary>
    public static IReadOnlyDictionary<string, SpriteOptions> MultiDsprites { get; } = new OrderedDictionary<string, SpriteOptions>
    {
        ["colored_on_colored"] = Dsprites with { MinimumObjects = 1, MaximumObjects = 4, Colors = SpriteColors.Uniform, Background = SpriteBackground.Color },
        ["colored_on_grayscale"] = Dsprites with { MinimumObjects = 2, MaximumObjects = 5, Colors = SpriteColors.Saturated, Background = SpriteBackground.Grey },
        ["binarized"] = Dsprites with { MinimumObjects = 2, MaximumObjects = 3, Colors = SpriteColors.White, Background = SpriteBackground.Black, Grey = true },
    };
}
