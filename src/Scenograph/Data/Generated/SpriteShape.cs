namespace Scenograph.Data.Generated;

/// <summary>Outline of a sprite, in a frame that reaches from −1 to 1 on both axes (y down) before size and rotation.</summary>
public enum SpriteShape
{
    /// <summary>Fills the frame.</summary>
    Square,

    /// <summary>As wide as the frame, 0.6 as high.</summary>
    Ellipse,

    /// <summary>Equilateral, tip up, on a circle of radius 1.</summary>
    Triangle,

    /// <summary>Two lobes up, tip down.</summary>
    Heart,

    /// <summary>Fills the circle of radius 1.</summary>
    Circle,

    /// <summary>Two crossed bars, each a third as thick as long.</summary>
    Cross,
}
