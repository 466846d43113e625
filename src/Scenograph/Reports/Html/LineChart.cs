using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Scenograph.Reports.Html;

/// <summary>Draws a <see cref="Chart"/> as SVG, with its legend as HTML. All colours come from the page's style.</summary>
internal sealed class LineChart
{
    private const double Width = 520;
    private const double Height = 280;
    private const double Left = 58;
    private const double Right = 508;
    private const double Top = 30;
    private const double Bottom = 236;
    private const int Colours = 8;

    // Beyond this the difference of two values can overflow; such values mean as much to a reader as infinity.
    private const double LargestDrawable = 1e300;

    private readonly Chart chart;
    private readonly List<Line> lines;
    private readonly Axis? steps;
    private readonly Axis? values;

    private LineChart(Chart chart)
    {
        this.chart = chart;
        lines = [.. chart.Series.Select((series, index) => new Line(series, index, IsDrawable))];
        var drawable = lines.SelectMany(line => line.Points.Where(point => IsDrawable(point.Value))).ToList();
        if (drawable.Count == 0)
        {
            return;
        }
        var all = lines.SelectMany(line => line.Points).ToList();
        steps = Axis.Linear(all.Min(point => point.Step), all.Max(point => point.Step), ticks: 5, margin: 0);
        var edges = lines.SelectMany(line => line.Band.SelectMany(band => new[] { band.Low, band.High })).Concat(drawable.Select(point => point.Value)).ToList();
        var (low, high) = (edges.Min(), edges.Max());
        values = chart.LogScale ? Axis.Logarithmic(low, high, ticks: 6) : Axis.Linear(low, high, ticks: 5, margin: 0.04);
    }

    /// <summary>A figure element, complete.</summary>
    public static string Render(Chart chart)
    {
        var html = new StringBuilder();
        new LineChart(chart).WriteTo(html);
        return html.ToString();
    }

    private bool IsDrawable(double value) => Math.Abs(value) < LargestDrawable && (!chart.LogScale || value > 0);

    private void WriteTo(StringBuilder html)
    {
        html.Append("<figure class=\"chart\">\n");
        html.Append(CultureInfo.InvariantCulture, $"<figcaption>{HtmlText.Escape(chart.Title)}</figcaption>\n");
        if (steps is null || values is null)
        {
            html.Append("<p class=\"quiet\">There are no values to draw.</p>\n");
        }
        else
        {
            // JSON as it is: the serialiser writes <, >, & and ' by their numbers, so only double quotes are left, by the thousand.
            html.Append(CultureInfo.InvariantCulture, $"<div class=\"plot\" data-hover='{HoverData()}'>\n");
            WriteDrawing(html, steps, values);
            html.Append("</div>\n");
        }
        WriteLegend(html);
        html.Append("</figure>\n");
    }

    private void WriteDrawing(StringBuilder html, Axis across, Axis up)
    {
        var title = HtmlText.Escape($"{chart.Title}: {string.Join(", ", chart.Series.Select(series => series.Name))} over {chart.StepLabel}{(chart.LogScale ? ", logarithmic scale" : "")}. The last values are in the legend.");
        html.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{title}\" xmlns=\"http://www.w3.org/2000/svg\">\n");
        foreach (var (value, label) in up.Ticks)
        {
            var y = Y(value);
            html.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Right}\" y1=\"{Text(y)}\" y2=\"{Text(y)}\"/>");
            html.Append(CultureInfo.InvariantCulture, $"<text class=\"tick\" text-anchor=\"end\" x=\"{Left - 8}\" y=\"{Text(y + 4)}\">{label}</text>\n");
        }
        foreach (var (value, label) in across.Ticks)
        {
            var x = X(value);
            var anchor = x > Right - 12 ? "end" : "middle";
            html.Append(CultureInfo.InvariantCulture, $"<line class=\"axis\" x1=\"{Text(x)}\" x2=\"{Text(x)}\" y1=\"{Bottom}\" y2=\"{Bottom + 5}\"/>");
            html.Append(CultureInfo.InvariantCulture, $"<text class=\"tick\" text-anchor=\"{anchor}\" x=\"{Text(anchor == "end" ? Right : x)}\" y=\"{Bottom + 20}\">{label}</text>\n");
        }
        html.Append(CultureInfo.InvariantCulture, $"<path class=\"axis\" d=\"M{Left} {Top}V{Bottom}H{Right}\"/>\n");
        html.Append(CultureInfo.InvariantCulture, $"<text class=\"label\" text-anchor=\"middle\" x=\"{(Left + Right) / 2}\" y=\"{Height - 6}\">{HtmlText.Escape(chart.StepLabel)}</text>\n");
        html.Append(CultureInfo.InvariantCulture, $"<text class=\"label\" x=\"4\" y=\"13\">{HtmlText.Escape(chart.ValueLabel)}{(chart.LogScale ? " (log)" : "")}</text>\n");
        foreach (var line in lines)
        {
            WriteBand(html, line);
        }
        foreach (var line in lines)
        {
            WriteLine(html, line);
        }
        html.Append("</svg>\n");
    }

    private void WriteLine(StringBuilder html, Line line)
    {
        html.Append(CultureInfo.InvariantCulture, $"<g class=\"{line.Style}\">\n");
        if (line.Smoothed is { } smoothed)
        {
            WriteRuns(html, line.Points, "faint");
            WriteRuns(html, smoothed, "curve");
        }
        else
        {
            WriteRuns(html, line.Points, "curve");
        }
        WriteGapMarks(html, line);
        html.Append("</g>\n");
    }

    /// <summary>One polygon: the upper edge to the right, the lower edge back.</summary>
    private void WriteBand(StringBuilder html, Line line)
    {
        if (line.Band.Count < 2)
        {
            return;
        }
        // One of the steps of each half column is enough.
        var band = line.Band.DistinctBy(edge => (int)(2 * X(edge.Step))).ToList();
        var outline = band.Select(edge => (edge.Step, Value: edge.High)).Concat(band.AsEnumerable().Reverse().Select(edge => (edge.Step, Value: edge.Low)));
        html.Append(CultureInfo.InvariantCulture, $"<polygon class=\"band {line.Style}\" points=\"{string.Join(' ', outline.Select(point => $"{Text(X(point.Step))},{Text(Y(point.Value))}"))}\"/>\n");
    }

    private void WriteRuns(StringBuilder html, IReadOnlyList<CurvePoint> points, string style)
    {
        foreach (var run in CurveReduction.Runs(points, IsDrawable).Select(run => CurveReduction.Thin(run, Column)))
        {
            if (run.Count == 1)
            {
                html.Append(CultureInfo.InvariantCulture, $"<circle class=\"dot\" cx=\"{Text(X(run[0].Step))}\" cy=\"{Text(Y(run[0].Value))}\" r=\"2.5\"/>\n");
                continue;
            }
            html.Append(CultureInfo.InvariantCulture, $"<polyline class=\"{style}\" points=\"{string.Join(' ', run.Select(point => $"{Text(X(point.Step))},{Text(Y(point.Value))}"))}\"/>\n");
        }
    }

    /// <summary>A cross at the upper edge wherever a value cannot be drawn, one a column at most.</summary>
    private void WriteGapMarks(StringBuilder html, Line line)
    {
        foreach (var gap in line.Points.Where(point => !IsDrawable(point.Value)).DistinctBy(point => Column(point.Step)))
        {
            html.Append(CultureInfo.InvariantCulture, $"<path class=\"gap\" d=\"M{Text(X(gap.Step) - 3.5)} {Top - 10}l7 7m0 -7l-7 7\"><title>{HtmlText.Escape($"{line.Series.Name} is {NumberText.Value(gap.Value)} at {chart.StepLabel} {NumberText.Value(gap.Step)}")}</title></path>\n");
        }
    }

    private void WriteLegend(StringBuilder html)
    {
        html.Append("<ul class=\"legend\">\n");
        foreach (var line in lines)
        {
            html.Append(CultureInfo.InvariantCulture, $"<li class=\"{line.Style}\"><svg viewBox=\"0 0 22 10\" aria-hidden=\"true\"><line class=\"curve\" x1=\"0\" x2=\"22\" y1=\"5\" y2=\"5\"/></svg><span class=\"name\">{HtmlText.Escape(line.Series.Name)}</span>");
            if (line.Points.Count > 0)
            {
                var last = line.Points[^1];
                html.Append(CultureInfo.InvariantCulture, $" <span class=\"quiet\">{NumberText.Value(last.Value)} at {NumberText.Value(last.Step)}</span>");
            }
            var gaps = line.Points.Count(point => !IsDrawable(point.Value));
            if (gaps > 0)
            {
                html.Append(CultureInfo.InvariantCulture, $" <span class=\"warning\">× {gaps:#,0} {(gaps == 1 ? "value" : "values")} not drawable</span>");
            }
            html.Append("</li>\n");
        }
        html.Append("</ul>\n");
    }

    /// <summary>What the page's script needs to tell the values under the pointer: [name, style, [[x, y, step, value], ...]] a line.</summary>
    private string HoverData() => JsonSerializer.Serialize(lines.Select(line => new object[]
    {
        line.Series.Name,
        line.Style,
        CurveReduction.Runs(line.Smoothed ?? line.Points, IsDrawable).SelectMany(run => CurveReduction.Thin(run, step => Column(step) / 2))
            .Select(point => new object[] { Math.Round(X(point.Step), 1), Math.Round(Y(point.Value), 1), NumberText.Value(point.Step), NumberText.Value(point.Value) }),
    }));

    private int Column(double step) => (int)X(step);

    private double X(double step) => Left + (Right - Left) * steps!.Share(step);

    private double Y(double value) => Bottom - (Bottom - Top) * values!.Share(value);

    private static string Text(double coordinate) => NumberText.Coordinate(coordinate);

    /// <summary>A series in the order of its steps, and its running mean where it has one.</summary>
    private sealed class Line
    {
        public Line(Series series, int index, Func<double, bool> isDrawable)
        {
            Series = series;
            Style = string.Create(CultureInfo.InvariantCulture, $"s{index % Colours}{(index / Colours % 2 == 1 ? " dashed" : "")}");
            Points = [.. series.Points.Where(point => Math.Abs(point.Step) < LargestDrawable).OrderBy(point => point.Step)];
            Smoothed = series.Smoothing is > 0 and < 1 && Points.Count > 2 ? [.. CurveReduction.Smooth(Points, series.Smoothing, isDrawable)] : null;
            Band = [.. series.Band.Where(band => isDrawable(band.Low) && isDrawable(band.High)).OrderBy(band => band.Step)];
        }

        public IReadOnlyList<CurveBand> Band { get; }

        public Series Series { get; }

        public string Style { get; }

        public IReadOnlyList<CurvePoint> Points { get; }

        public IReadOnlyList<CurvePoint>? Smoothed { get; }
    }
}
