namespace Scenograph.Reports.Html;

/// <summary>Makes long curves short enough to draw, without losing what shows: their gaps and their extremes.</summary>
internal static class CurveReduction
{
    /// <summary>Splits points into runs of drawable ones, in the order of their steps.</summary>
    public static List<List<CurvePoint>> Runs(IEnumerable<CurvePoint> sorted, Func<double, bool> isDrawable)
    {
        var runs = new List<List<CurvePoint>>();
        var open = false;
        foreach (var point in sorted)
        {
            if (!isDrawable(point.Value))
            {
                open = false;
                continue;
            }
            if (!open)
            {
                runs.Add([]);
                open = true;
            }
            runs[^1].Add(point);
        }
        return runs;
    }

    /// <summary>Of the points that fall on one column of the drawing keeps the first, the smallest, the largest and the last.</summary>
    /// <param name="run">In the order of their steps.</param>
    /// <param name="column">The column that a step falls on.</param>
    public static List<CurvePoint> Thin(List<CurvePoint> run, Func<double, int> column)
    {
        var kept = new List<CurvePoint>();
        for (var start = 0; start < run.Count;)
        {
            var end = start + 1;
            while (end < run.Count && column(run[end].Step) == column(run[start].Step))
            {
                end++;
            }
            var (smallest, largest) = (start, start);
            for (var i = start; i < end; i++)
            {
                smallest = run[i].Value < run[smallest].Value ? i : smallest;
                largest = run[i].Value > run[largest].Value ? i : largest;
            }
            kept.AddRange(new[] { start, smallest, largest, end - 1 }.Distinct().Order().Select(i => run[i]));
            start = end;
        }
        return kept;
    }

    /// <summary>
    /// The running mean m ← w·m + (1 − w)·x, divided by 1 − w^n so that it starts at the first value; values that cannot be
    /// drawn are passed through and do not count.
    /// </summary>
    public static IEnumerable<CurvePoint> Smooth(IEnumerable<CurvePoint> sorted, double weight, Func<double, bool> isDrawable)
    {
        var (mean, mass) = (0.0, 0.0);
        foreach (var point in sorted)
        {
            if (!isDrawable(point.Value))
            {
                yield return point;
                continue;
            }
            mean = weight * mean + (1 - weight) * point.Value;
            mass = weight * mass + (1 - weight);
            yield return point with { Value = mean / mass };
        }
    }
}
