namespace Scenograph.Reports.Html;

/// <summary>One axis of a chart: from values to a share of its length, with ticks at round values.</summary>
internal sealed class Axis
{
    private const double Nothing = 1e-300;

    private readonly bool logarithmic;
    private readonly double low;
    private readonly double high;

    private Axis(bool logarithmic, double low, double high, IReadOnlyList<(double, string)> ticks)
    {
        (this.logarithmic, this.low, this.high) = (logarithmic, low, high);
        Ticks = ticks;
    }

    /// <summary>Value and label, ascending, all within the axis.</summary>
    public IReadOnlyList<(double Value, string Label)> Ticks { get; }

    /// <summary>0 at the low end, 1 at the high end.</summary>
    public double Share(double value) => (Scale(value) - low) / (high - low);

    /// <summary>A linear axis that begins and ends at the smallest and largest value, or a little beyond both.</summary>
    public static Axis Linear(double smallest, double largest, int ticks, double margin)
    {
        var span = largest - smallest;
        var size = Math.Max(Math.Abs(smallest), Math.Abs(largest));
        // Numbers so small that a tenth of them is none are 0 here.
        if (!(span > Math.Max(1e-12 * size, Nothing)))
        {
            span = size < Nothing ? 1 : size * 0.1;
            (smallest, largest) = (smallest - span / 2, largest + span / 2);
        }
        var (low, high) = (smallest - margin * span, largest + margin * span);
        return new Axis(false, low, high, LinearTicks(low, high, ticks));
    }

    /// <summary>A logarithmic axis; both values are positive.</summary>
    public static Axis Logarithmic(double smallest, double largest, int ticks)
    {
        var (low, high) = (Math.Log10(smallest), Math.Log10(largest));
        var span = high - low;
        var margin = span < 0.02 ? 0.05 : 0.04 * span;
        (low, high) = (low - margin, high + margin);
        return new Axis(true, low, high, LogarithmicTicks(low, high, ticks));
    }

    private double Scale(double value) => logarithmic ? Math.Log10(value) : value;

    private static List<(double, string)> LinearTicks(double low, double high, int count)
    {
        var raw = (high - low) / count;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var distance = power * (raw / power) switch { <= 1.4 => 1, <= 2.8 => 2, <= 7 => 5, _ => 10 };
        var ticks = new List<(double, string)>();
        for (var i = Math.Ceiling(low / distance); i <= Math.Floor(high / distance) && ticks.Count < 100; i++)
        {
            var value = i * distance;
            ticks.Add((value, NumberText.Tick(value, distance)));
        }
        return ticks;
    }

    private static List<(double, string)> LogarithmicTicks(double low, double high, int count)
    {
        var decades = new List<double>();
        for (var power = Math.Ceiling(low); power <= Math.Floor(high); power++)
        {
            decades.Add(power);
        }
        if (decades.Count >= 3)
        {
            var every = (decades.Count + count - 1) / count;
            return [.. decades.Where(power => (long)power % every == 0).Select(power => Labelled(Math.Pow(10, power)))];
        }
        var fine = new List<(double, string)>();
        for (var power = Math.Floor(low); power <= Math.Ceiling(high); power++)
        {
            foreach (var digit in new[] { 1, 2, 5 })
            {
                var value = digit * Math.Pow(10, power);
                if (Math.Log10(value) >= low && Math.Log10(value) <= high)
                {
                    fine.Add(Labelled(value));
                }
            }
        }
        return fine.Count >= 2 ? fine : LinearTicks(Math.Pow(10, low), Math.Pow(10, high), count);
    }

    private static (double, string) Labelled(double value) => (value, NumberText.Tick(value, value));
}
