using System.Globalization;

namespace Scenograph.Reports.Html;

/// <summary>Numbers as people read them, the same in every culture.</summary>
internal static class NumberText
{
    /// <summary>A measured value: four significant digits, thousands apart.</summary>
    public static string Value(double value)
    {
        var size = Math.Abs(value);
        return value switch
        {
            _ when double.IsNaN(value) => "NaN",
            double.PositiveInfinity => "∞",
            double.NegativeInfinity => "−∞",
            0 => "0",
            _ when size is >= 1e7 or < 1e-4 => Signed(value.ToString("0.###e+0", CultureInfo.InvariantCulture).Replace("e+", "e", StringComparison.Ordinal)),
            _ when size >= 1000 => Signed(value.ToString("#,0", CultureInfo.InvariantCulture)),
            _ => Signed(value.ToString("G4", CultureInfo.InvariantCulture)),
        };
    }

    /// <summary>A label of an axis whose ticks are <paramref name="distance"/> apart: as many decimals as tell them apart.</summary>
    public static string Tick(double value, double distance)
    {
        var size = Math.Max(Math.Abs(value), distance);
        if (value == 0)
        {
            return "0";
        }
        if (size is >= 1e7 or < 1e-4)
        {
            return Signed(value.ToString("0.##e+0", CultureInfo.InvariantCulture).Replace("e+", "e", StringComparison.Ordinal));
        }
        var decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(distance) - 1e-9), 0, 8);
        return value % 1000 == 0 && distance >= 1000
            ? Signed((value / 1000).ToString("#,0", CultureInfo.InvariantCulture)) + "k"
            : Signed(value.ToString("#,0." + new string('0', decimals), CultureInfo.InvariantCulture));
    }

    /// <summary>A coordinate of a drawing.</summary>
    public static string Coordinate(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Signed(string text) => text.Replace('-', '−');
}
