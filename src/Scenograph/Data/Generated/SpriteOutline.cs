namespace Scenograph.Data.Generated;

/// <summary>Which points lie inside a <see cref="SpriteShape"/>.</summary>
internal static class SpriteOutline
{
    private const double EllipseHeight = 0.6;
    private const double BarHalfWidth = 1.0 / 3;

    /// <summary>Greatest distance of a point of the shape from its centre, in half sides of the frame.</summary>
    public static double Radius(SpriteShape shape) => shape switch
    {
        SpriteShape.Square => Math.Sqrt(2),
        SpriteShape.Cross => Math.Sqrt(1 + (BarHalfWidth * BarHalfWidth)),
        SpriteShape.Heart => 1.2,
        _ => 1,
    };

    /// <param name="shape">One of the declared shapes.</param>
    /// <param name="x">To the right, in half sides of the frame.</param>
    /// <param name="y">Down, in half sides of the frame.</param>
    public static bool Contains(SpriteShape shape, double x, double y) => shape switch
    {
        SpriteShape.Square => Math.Abs(x) <= 1 && Math.Abs(y) <= 1,
        SpriteShape.Ellipse => (x * x) + (y * y / (EllipseHeight * EllipseHeight)) <= 1,
        SpriteShape.Triangle => y <= 0.5 && (Math.Sqrt(3) * Math.Abs(x)) - y <= 1,
        SpriteShape.Heart => InHeart(1.15 * x, (-1.15 * y) + 0.1),
        SpriteShape.Circle => (x * x) + (y * y) <= 1,
        SpriteShape.Cross => (Math.Abs(x) <= BarHalfWidth && Math.Abs(y) <= 1) || (Math.Abs(y) <= BarHalfWidth && Math.Abs(x) <= 1),
        _ => throw new ArgumentOutOfRangeException(nameof(shape)),
    };

    // The sextic heart curve (x² + y² − 1)³ = x² y³, some 2.28 wide and 2.24 high, scaled to the frame above.
    private static bool InHeart(double x, double y)
    {
        var circle = (x * x) + (y * y) - 1;
        return circle * circle * circle <= x * x * y * y * y;
    }
}
