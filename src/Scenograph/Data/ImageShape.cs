namespace Scenograph.Data;

/// <summary>Shape of every image of a set.</summary>
/// <param name="Channels">C</param>
/// <param name="Height">H, rows.</param>
/// <param name="Width">W, columns.</param>
public readonly record struct ImageShape(int Channels, int Height, int Width)
{
    /// <summary>As <c>3 x 240 x 320</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Channels} x {Height} x {Width}");
}
