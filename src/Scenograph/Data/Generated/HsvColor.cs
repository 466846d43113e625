namespace Scenograph.Data.Generated;

/// <summary>Hue, saturation and value to red, green and blue.</summary>
internal static class HsvColor
{
    /// <param name="hue">[0, 1), 0 red, 1/3 green, 2/3 blue.</param>
    /// <param name="saturation">[0, 1]</param>
    /// <param name="value">[0, 1]</param>
    public static Rgb ToRgb(double hue, double saturation, double value)
    {
        return new Rgb(Channel(5), Channel(3), Channel(1));

        double Channel(int n)
        {
            var k = (n + (6 * hue)) % 6;
            return value * (1 - (saturation * Math.Clamp(Math.Min(k, 4 - k), 0, 1)));
        }
    }
}
