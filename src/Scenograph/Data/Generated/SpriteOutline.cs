namespace Scenograph.Data.Generated;

/// <summary>Which points lie inside a <see cref="SpriteShape"/>.</summary>
internal static class SpriteOutline
{
    private const double EllipseHeight = 0.6;
    private const double BarHalfWidth = 1.0 / 3;

    // dSprites on 64 pixels at scale 1: square of 20, ellipse of 26 x 14.
    private const double DspritesEllipseWidth = 1.3;
    private const double DspritesEllipseHeight = 0.7;

    // The heart of dSprites' animation, 19 x 18 pixels, taken to be at scale 0.8 (half a frame is 8 pixels): two circles and their tangents to
    // the tip. Its scale is not told; at this one its area is between the square's and the ellipse's.
    private const double HeartCircle = 5.2 / 8;
    private const double HeartCentre = 4.3 / 8;
    private const double HeartHeight = 18.0 / 8;
    private const double HeartTouchX = 8.2114 / 8;
    private const double HeartTouchY = 8.6265 / 8;

    /// <summary>Greatest distance of a point of the shape from its centre, in half sides of the frame.</summary>
    public static double Radius(SpriteShape shape) => shape switch
    {
        SpriteShape.Square => Math.Sqrt(2),
        SpriteShape.Cross => Math.Sqrt(1 + (BarHalfWidth * BarHalfWidth)),
        SpriteShape.Heart => 1.2,
        _ => 1,
    };

    /// <inheritdoc cref="Radius(SpriteShape)"/>
    public static double Radius(SpriteShape shape, SpriteProportions proportions) => (proportions, shape) switch
    {
        (SpriteProportions.Dsprites, SpriteShape.Ellipse) => DspritesEllipseWidth,
        (SpriteProportions.Dsprites, SpriteShape.Heart) => 1.37,
        _ => Radius(shape),
    };

    /// <inheritdoc cref="Contains(SpriteShape, double, double)"/>
    public static bool Contains(SpriteShape shape, SpriteProportions proportions, double x, double y) => (proportions, shape) switch
    {
        (SpriteProportions.Dsprites, SpriteShape.Ellipse) => (x * x / (DspritesEllipseWidth * DspritesEllipseWidth)) + (y * y / (DspritesEllipseHeight * DspritesEllipseHeight)) <= 1,
        (SpriteProportions.Dsprites, SpriteShape.Heart) => InDspritesHeart(Math.Abs(x), y + (HeartHeight / 2)),
        _ => Contains(shape, x, y),
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

    /// <param name="x">From the axis.</param>
    /// <param name="y">From the top.</param>
    private static bool InDspritesHeart(double x, double y)
    {
        var (dx, dy) = (x - HeartCentre, y - HeartCircle);
        return (dx * dx) + (dy * dy) <= HeartCircle * HeartCircle
            || (y >= HeartCircle && Side(0, HeartHeight, HeartTouchX, HeartTouchY) <= 0 && Side(HeartTouchX, HeartTouchY, HeartCentre, HeartCircle) <= 0);

        // Below 0 on the inner side of the line from (fromX, fromY) to (toX, toY).
        double Side(double fromX, double fromY, double toX, double toY) => ((toX - fromX) * (y - fromY)) - ((toY - fromY) * (x - fromX));
    }
}
