using Scenograph.Torch;

namespace Scenograph.Data.Generated;

/// <summary>How sprite scenes look. Lengths are fractions of the image's side, so that <see cref="Size"/> alone changes the resolution.</summary>
public sealed record SpriteOptions
{
    /// <summary>Height and width of the image in pixels, 8 to 1024.</summary>
    public int Size { get; init; } = 64;

    /// <summary>Fewest objects of a scene, 0 to <see cref="MaximumObjects"/>.</summary>
    public int MinimumObjects { get; init; } = 2;

    /// <summary>Most objects of a scene, 1 to 20; the number is uniform between the two.</summary>
    public int MaximumObjects { get; init; } = 4;

    /// <summary>Shapes, each as likely as the others.</summary>
    public IReadOnlyList<SpriteShape> Shapes { get; init; } = [SpriteShape.Square, SpriteShape.Ellipse, SpriteShape.Triangle, SpriteShape.Heart];

    /// <summary>Smallest side of a shape's frame over the image's side, above 0.</summary>
    public double MinimumSide { get; init; } = 0.2;

    /// <summary>Greatest side of a shape's frame over the image's side, at most 0.7; uniform between the two.</summary>
    public double MaximumSide { get; init; } = 0.35;

    /// <summary>Number of sides between the two, equally far from each other and equally likely, as the six of dSprites; null: any between them.</summary>
    public int? SideSteps { get; init; }

    /// <summary>Proportions of square, ellipse and heart.</summary>
    public SpriteProportions Proportions { get; init; } = SpriteProportions.Frame;

    /// <summary>Turn each shape by an angle uniform in [0°, 360°); else all stand upright.</summary>
    public bool Rotate { get; init; } = true;

    /// <summary>Number of angles, equally likely, from 0° to 360° with both, as the 40 of dSprites; null: any.</summary>
    public int? RotationSteps { get; init; }

    /// <summary>Centres keep this share of the image's side from its border, 0 to 0.5, whatever reaches beyond; null: so far that the whole shape is inside.</summary>
    public double? Margin { get; init; }

    /// <summary>Images of one channel; with white objects on black or grey only.</summary>
    public bool Grey { get; init; }

    /// <summary>How objects are coloured.</summary>
    public SpriteColors Colors { get; init; } = SpriteColors.Saturated;

    /// <summary>Least HSV saturation under <see cref="SpriteColors.Saturated"/>, [0, 1].</summary>
    public double MinimumSaturation { get; init; } = 0.6;

    /// <summary>Least HSV value under <see cref="SpriteColors.Saturated"/>, [0, 1].</summary>
    public double MinimumValue { get; init; } = 0.6;

    /// <summary>Least distance in RGB (0 to √3) between the colours of two objects and of an object and the background. 0 asks for none.</summary>
    public double MinimumColorDistance { get; init; }

    /// <summary>What lies behind the objects.</summary>
    public SpriteBackground Background { get; init; } = SpriteBackground.Black;

    /// <summary>Least share of every object's pixels that no nearer object covers, [0, 1].</summary>
    public double MinimumVisible { get; init; } = 0.5;

    /// <summary>Blend colours at the edges by the share of the pixel that is covered (4 × 4 points). Masks stay hard: a pixel belongs to the nearest object that holds its centre.</summary>
    public bool AntiAlias { get; init; }

    /// <summary>Places tried for an object before the scene is begun anew, and scenes begun before giving up; at least 1.</summary>
    public int Tries { get; init; } = 100;

    /// <exception cref="InputException">A value is out of its range.</exception>
    public void Check()
    {
        Require(Size is >= 8 and <= 1024, nameof(Size), Size, "8 to 1024 pixels");
        Require(MaximumObjects is >= 1 and <= 20, nameof(MaximumObjects), MaximumObjects, "1 to 20");
        Require(MinimumObjects >= 0 && MinimumObjects <= MaximumObjects, nameof(MinimumObjects), MinimumObjects, $"0 to {nameof(MaximumObjects)} ({MaximumObjects})");
        Require(Shapes.Count > 0 && Shapes.All(Enum.IsDefined), nameof(Shapes), string.Join(", ", Shapes), "one or more of " + string.Join(", ", Enum.GetNames<SpriteShape>()));
        Require(MaximumSide is > 0 and <= 0.7, nameof(MaximumSide), MaximumSide, "above 0 and at most 0.7 of the image's side");
        Require(MinimumSide > 0 && MinimumSide <= MaximumSide, nameof(MinimumSide), MinimumSide, $"above 0 and at most {nameof(MaximumSide)} ({MaximumSide})");
        Require(MinimumSide * Size >= 3, nameof(MinimumSide), MinimumSide, $"at least 3 pixels, {3.0 / Size:0.###} of {Size}");
        Require(SideSteps is null or (>= 2 and <= 1000), nameof(SideSteps), SideSteps ?? 0, "2 to 1000");
        Require(RotationSteps is null or (>= 2 and <= 1000), nameof(RotationSteps), RotationSteps ?? 0, "2 to 1000");
        Require(Margin is null or (>= 0 and <= 0.5), nameof(Margin), Margin ?? 0, "0 to 0.5 of the image's side");
        Require(Enum.IsDefined(Proportions), nameof(Proportions), Proportions, string.Join(", ", Enum.GetNames<SpriteProportions>()));
        Require(!Grey || (Colors == SpriteColors.White && Background != SpriteBackground.Color), nameof(Grey), Grey, $"false unless {nameof(Colors)} is {SpriteColors.White} and {nameof(Background)} is {SpriteBackground.Black} or {SpriteBackground.Grey}");
        Require(Enum.IsDefined(Colors), nameof(Colors), Colors, string.Join(", ", Enum.GetNames<SpriteColors>()));
        Require(Enum.IsDefined(Background), nameof(Background), Background, string.Join(", ", Enum.GetNames<SpriteBackground>()));
        Require(MinimumSaturation is >= 0 and <= 1, nameof(MinimumSaturation), MinimumSaturation, "0 to 1");
        Require(MinimumValue is >= 0 and <= 1, nameof(MinimumValue), MinimumValue, "0 to 1");
        Require(MinimumColorDistance is >= 0 and <= 1, nameof(MinimumColorDistance), MinimumColorDistance, "0 to 1");
        Require(MinimumVisible is >= 0 and <= 1, nameof(MinimumVisible), MinimumVisible, "0 to 1");
        Require(Tries is >= 1 and <= 100_000, nameof(Tries), Tries, "1 to 100000");
    }

    private static void Require(bool met, string name, object value, string right)
    {
        if (!met)
        {
            throw new InputException($"sprites: {name} is {value}, but must be {right}.");
        }
    }
}

/// <summary>How the objects of a sprite scene are coloured.</summary>
public enum SpriteColors
{
    /// <summary>Hue uniform, saturation and value uniform from their minima to 1.</summary>
    Saturated,

    /// <summary>Red, green and blue uniform and independent, as in multi-dSprites' colored_on_colored.</summary>
    Uniform,

    /// <summary>White, as in multi-dSprites' binarized.</summary>
    White,
}

/// <summary>How long and wide shapes are against the frame, whose side is the sprite's.</summary>
public enum SpriteProportions
{
    /// <summary>Ellipse as wide as the frame and 0.6 as high, heart filling it.</summary>
    Frame,

    /// <summary>Those of dSprites (Matthey et al. 2017), whose square of 20 pixels goes with an ellipse of 26 × 14 and a heart of 24 × 22.</summary>
    Dsprites,
}

/// <summary>What lies behind the objects of a sprite scene.</summary>
public enum SpriteBackground
{
    /// <summary>0.</summary>
    Black,

    /// <summary>One grey for the whole image, uniform in [0, 1].</summary>
    Grey,

    /// <summary>One colour for the whole image, each channel uniform in [0, 1].</summary>
    Color,
}
