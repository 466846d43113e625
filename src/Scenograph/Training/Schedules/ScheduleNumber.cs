using System.Globalization;
using System.Text.RegularExpressions;

namespace Scenograph.Training.Schedules;

/// <summary>A number of a schedule's text. Whether it was written as an integer matters: <c>10</c> is a count of steps, <c>10.0</c> a fraction of the run.</summary>
/// <param name="Value">The number; may be NaN or infinite where it was not written as an integer.</param>
/// <param name="IsInteger">Written without point and exponent.</param>
public readonly partial record struct ScheduleNumber(double Value, bool IsInteger)
{
    /// <summary>Reads what Python reads as int or float: <c>3 -2 +1 .99 1. 1e-4 1_000 nan inf</c>; blanks around it are ignored.</summary>
    /// <returns>Null where the text is no number.</returns>
    public static ScheduleNumber? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        var digits = trimmed.Replace("_", "", StringComparison.Ordinal);
        if (IntegerPattern().IsMatch(trimmed))
        {
            return new ScheduleNumber(double.Parse(digits, CultureInfo.InvariantCulture), true);
        }

        if (FloatPattern().IsMatch(trimmed))
        {
            return new ScheduleNumber(double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture), false);
        }

        return trimmed.ToUpperInvariant() switch
        {
            "NAN" or "+NAN" or "-NAN" => new ScheduleNumber(double.NaN, false),
            "INF" or "+INF" or "INFINITY" or "+INFINITY" => new ScheduleNumber(double.PositiveInfinity, false),
            "-INF" or "-INFINITY" => new ScheduleNumber(double.NegativeInfinity, false),
            _ => null,
        };
    }

    /// <summary>As the original prints it: <c>10</c>, <c>10.0</c>, <c>1e-05</c>.</summary>
    public override string ToString() => IsInteger ? Value.ToString("F0", CultureInfo.InvariantCulture) : PrintFloat(Value);

    /// <summary>Shortest digits that give the number back; with an exponent below 1e-4 and from 1e16 on, as Python prints floats.</summary>
    internal static string PrintFloat(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        // "R" gives the shortest digits, in one of two layouts; take digits and exponent apart and lay them out anew.
        var text = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        var mark = text.IndexOf('E', StringComparison.Ordinal);
        var mantissa = mark < 0 ? text : text[..mark];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? mantissa.Length : point;
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var leadingZeros = digits.Length - digits.TrimStart('0').Length;
        digits = digits.Trim('0');
        var exponent = whole - 1 - leadingZeros + (mark < 0 ? 0 : int.Parse(text[(mark + 1)..], CultureInfo.InvariantCulture));
        var sign = double.IsNegative(value) ? "-" : "";
        return digits.Length == 0 ? sign + "0.0"
            : exponent is < -4 or >= 16 ? $"{sign}{digits[0]}{(digits.Length > 1 ? "." : "")}{digits[1..]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}"
            : exponent < 0 ? $"{sign}0.{new string('0', -exponent - 1)}{digits}"
            : digits.Length <= exponent + 1 ? $"{sign}{digits.PadRight(exponent + 1, '0')}.0"
            : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    [GeneratedRegex(@"^[+-]?[0-9]+(_[0-9]+)*\z")]
    private static partial Regex IntegerPattern();

    [GeneratedRegex(@"^[+-]?([0-9]+(_[0-9]+)*\.?([0-9]+(_[0-9]+)*)?|\.[0-9]+(_[0-9]+)*)([eE][+-]?[0-9]+(_[0-9]+)*)?\z")]
    private static partial Regex FloatPattern();
}
