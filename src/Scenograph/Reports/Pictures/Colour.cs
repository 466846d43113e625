using System.Globalization;

namespace Scenograph.Reports.Pictures;

/// <summary>One colour, 8 bits a channel, sRGB.</summary>
public readonly record struct Colour(byte Red, byte Green, byte Blue)
{
    /// <summary>The colour 0xRRGGBB.</summary>
    public static Colour Of(int rgb) => new((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb);

    /// <summary>As CSS writes it, <c>#rrggbb</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"#{Red:x2}{Green:x2}{Blue:x2}");
}
