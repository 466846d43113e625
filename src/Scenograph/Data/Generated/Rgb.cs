using System.Globalization;

namespace Scenograph.Data.Generated;

/// <summary>A colour, each channel in [0, 1].</summary>
/// <param name="Red">[0, 1]</param>
/// <param name="Green">[0, 1]</param>
/// <param name="Blue">[0, 1]</param>
public readonly record struct Rgb(double Red, double Green, double Blue)
{
    /// <summary>Channel 0 red, 1 green, 2 blue.</summary>
    public double this[int channel] => channel switch { 0 => Red, 1 => Green, _ => Blue };

    /// <summary>Euclidean distance, 0 to √3.</summary>
    public double DistanceTo(Rgb other) =>
        Math.Sqrt(Square(Red - other.Red) + Square(Green - other.Green) + Square(Blue - other.Blue));

    /// <summary>As <c>#rrggbb</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"#{Byte(Red):x2}{Byte(Green):x2}{Byte(Blue):x2}");

    private static byte Byte(double value) => PixelValues.ToByte((float)value);

    private static double Square(double value) => value * value;
}
