using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using Scenograph.Reports;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Reports;

public sealed partial class HtmlReportTests
{
    private static readonly double[] Weights = [0.2126, 0.7152, 0.0722];
    private static readonly XNamespace Html = "http://www.w3.org/1999/xhtml";
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void The_page_is_well_formed_whatever_the_texts_are() => Prop.ForAll<string>(text =>
    {
        var nasty = (text ?? "") + "\0\u001F<script>alert('1')</script>\"&amp;\uD800]]>";
        Parse(Full(nasty));
    }).Check(Repeatable.Config);

    [Fact]
    public void A_band_is_drawn_around_its_line_and_within_the_axis()
    {
        var series = new Series("a", [new(1, 1), new(2, 1)]) { Band = [new(1, -3, 4), new(2, double.NaN, 4), new(3, -3, 4)] };
        var band = Parse(new ReportContent { Title = "t", Curves = [new("c", "v", [series])] }).Descendants(Svg + "polygon").Single();
        var heights = band.Attribute("points")!.Value.Split(' ').Select(point => double.Parse(point.Split(',')[1], System.Globalization.CultureInfo.InvariantCulture)).ToList();

        Assert.Equal(4, heights.Count);
        Assert.All(heights, height => Assert.InRange(height, 30, 236));
    }

    [Fact]
    public void Texts_show_as_themselves()
    {
        var page = Parse(new ReportContent { Title = "<b>&amp;\"'\n", Recipe = "a: <c>\n  b: \"d\"" });

        Assert.Equal("<b>&amp;\"'\n", page.Descendants(Html + "h1").Single().Value);
        Assert.Equal("a: <c>\n  b: \"d\"", page.Descendants(Html + "code").Single().Value);
    }

    [Fact]
    public void The_page_asks_for_nothing_from_outside()
    {
        var page = Parse(Full("x"));
        var references = page.Descendants().Attributes().Where(attribute => attribute.Name.LocalName is "src" or "href" or "action" or "data" or "srcset").Select(attribute => attribute.Value);

        Assert.All(references, reference => Assert.Matches("^(#|data:image/png;base64,)", reference));
        Assert.DoesNotMatch("@import|url\\(|fetch\\(|XMLHttpRequest|import\\(", HtmlReport.Render(Full("x")));
        Assert.Contains("default-src 'none'", HtmlReport.Render(Full("x")), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_picture_has_words_and_every_heading_cell_its_scope()
    {
        var page = Parse(Full("x"));

        Assert.All(page.Descendants(Html + "img"), image => Assert.False(string.IsNullOrEmpty(image.Attribute("alt")?.Value)));
        Assert.All(page.Descendants(Svg + "svg"), drawing => Assert.True(drawing.Attribute("aria-label") is not null || drawing.Attribute("aria-hidden") is not null));
        Assert.NotEmpty(page.Descendants(Html + "th"));
        Assert.All(page.Descendants(Html + "th"), cell => Assert.Matches("^(col|row)$", cell.Attribute("scope")?.Value));
        Assert.Equal("en", page.Root!.Attribute("lang")?.Value);
    }

    [Fact]
    public void Ids_are_unique_and_contents_lead_to_them()
    {
        var page = Parse(Full("x"));
        var ids = page.Descendants().Attributes("id").Select(attribute => attribute.Value).ToList();

        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(page.Descendants(Html + "a"), link => Assert.Contains(link.Attribute("href")!.Value[1..], ids));
    }

    [Fact]
    public void Empty_parts_are_left_out()
    {
        var page = Parse(new ReportContent { Title = "empty" });

        Assert.Empty(page.Descendants(Html + "section"));
        Assert.Empty(page.Descendants(Html + "nav"));
    }

    [Fact]
    public void Values_that_are_not_finite_are_gaps_with_marks()
    {
        var chart = new Chart("Loss", "loss", [new("train", [new(1, 1), new(2, 2), new(3, double.NaN), new(4, 3), new(5, 4), new(6, double.PositiveInfinity)])]);

        var page = Parse(new ReportContent { Title = "gaps", Curves = [chart] });

        Assert.Equal(2, Polylines(page).Count);
        Assert.Equal(["train is NaN at step 3", "train is ∞ at step 6"], page.Descendants(Svg + "title").Select(title => title.Value));
        Assert.Contains("2 values not drawable", page.Root!.Value, StringComparison.Ordinal);
        Assert.DoesNotMatch("points=\"[^\"]*(NaN|∞|Infinity)", page.ToString());
    }

    [Fact]
    public void A_logarithmic_chart_has_gaps_at_values_that_are_not_positive()
    {
        var chart = new Chart("Loss", "loss", [new("train", [new(1, 1), new(2, 10), new(3, 0), new(4, -1), new(5, 100), new(6, 1000)])], LogScale: true);

        var page = Parse(new ReportContent { Title = "log", Curves = [chart] });

        Assert.Equal(2, Polylines(page).Count);
        Assert.Equal(["1", "10", "100", "1k"], Ticks(page).Where(tick => tick is not ("2" or "3" or "4" or "5" or "6")).Distinct());
    }

    [Fact]
    public void Long_curves_keep_their_extremes_and_few_points()
    {
        var points = Enumerable.Range(0, 200_000).Select(i => new CurvePoint(i, i == 123_456 ? 1000 : i % 7)).ToArray();

        var page = Parse(new ReportContent { Title = "long", Curves = [new("c", "v", [new("train", points)])] });

        var drawn = Polylines(page).Single().Split(' ');
        Assert.InRange(drawn.Length, 400, 2000);
        Assert.True(drawn.Select(point => double.Parse(point.Split(',')[1], System.Globalization.CultureInfo.InvariantCulture)).Min() < 45);
        Assert.True(HtmlReport.Render(new ReportContent { Title = "long", Curves = [new("c", "v", [new("train", points)])] }).Length < 150_000);
    }

    [Fact]
    public void Every_curve_is_drawn_within_its_axes() => Prop.ForAll<double[], bool>((values, logarithmic) =>
    {
        var points = values.Select((value, i) => new CurvePoint(i, value)).ToArray();
        var page = Parse(new ReportContent { Title = "any", Curves = [new("c", "v", [new("a", points, 0.5)], logarithmic)] });
        foreach (var point in Polylines(page).SelectMany(line => line.Split(' ')))
        {
            var place = point.Split(',').Select(number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            Assert.InRange(place[0], 57.9, 508.1);
            Assert.InRange(place[1], 29.9, 236.1);
        }
    }).Check(Repeatable.Config);

    [Theory]
    [InlineData(double.Epsilon)]
    [InlineData(0, double.Epsilon)]
    [InlineData(-1e-310, 1e-310)]
    public void The_smallest_of_numbers_have_an_axis(params double[] values)
    {
        var page = Parse(new ReportContent { Title = "any", Curves = [new("c", "v", [new("a", [.. values.Select((value, i) => new CurvePoint(i, value))], 0.5)])] });

        Assert.DoesNotContain("NaN", page.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Smoothing_draws_a_mean_over_the_points()
    {
        var points = Enumerable.Range(0, 100).Select(i => new CurvePoint(i, i % 2)).ToArray();

        var page = Parse(new ReportContent { Title = "smooth", Curves = [new("c", "v", [new("train", points, 0.9)])] });

        Assert.Equal(["faint", "curve"], page.Descendants(Svg + "polyline").Select(line => line.Attribute("class")!.Value));
    }

    [Fact]
    public void The_data_for_the_pointer_are_JSON()
    {
        var data = Parse(Full("<&\"'>")).Descendants(Html + "div").Attributes("data-hover").First().Value;

        Assert.Equal("<&\"'>", JsonDocument.Parse(data).RootElement[0][0].GetString());
    }

    [Fact]
    public void Numbers_are_set_to_the_right()
    {
        var page = Parse(new ReportContent { Title = "t", Tables = [new("t", ["a", "b", "c", "d"], [["x", "0.91 ± 0.02", "text", "1,234"]])] });

        Assert.Equal([null, "number", null, "number"], page.Descendants(Html + "tbody").Single().Descendants(Html + "tr").Single().Elements().Select(cell => cell.Attribute("class")?.Value));
    }

    [Fact]
    public void Text_and_ground_differ_enough_in_light_and_dark()
    {
        var css = Parse(Full("x")).Descendants(Html + "style").Single().Value;
        foreach (var block in RootBlock().Matches(css).Select(match => match.Value))
        {
            foreach (var ground in new[] { "page", "panel" })
            {
                foreach (var text in new[] { "text", "quiet", "accent", "warning" })
                {
                    Assert.True(Contrast(Variable(block, text), Variable(block, ground)) >= 4.5, $"{text} on {ground}");
                }
                foreach (var line in Enumerable.Range(0, 8))
                {
                    Assert.True(Contrast(Variable(block, $"s{line}"), Variable(block, ground)) >= 2.6, $"line {line} on {ground}");
                }
            }
        }
    }

    [Fact]
    public void A_page_that_cannot_be_written_is_a_sentence()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<InputException>(() => HtmlReport.Write(folder.Path, new ReportContent { Title = "t" }));
    }

    [Fact]
    public void What_is_written_is_what_is_rendered()
    {
        using var folder = new TemporaryFolder();
        HtmlReport.Write(folder["report.html"], Full("ü"));

        Assert.Equal(HtmlReport.Render(Full("ü")), File.ReadAllText(folder["report.html"]));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    private static ReportContent Full(string text) => new()
    {
        Title = text,
        Summary = text,
        Headline = [new(text, text, text)],
        Curves = [new(text, text, [new(text, [new(0, 1), new(1, 2), new(2, double.NaN)])], StepLabel: text), new("nothing", "", [new("none", [])]), new("none", "", [])],
        Figures = [new(text, [1, 2, 3], text) { ColumnTitles = [text] }],
        Tables = [new(text, [text, text], [[text, text], [text]]) { Remark = text }],
        Recipe = text,
        Environment = new Dictionary<string, string> { [text] = text },
        Notes = [text],
    };

    private static XDocument Parse(ReportContent content)
    {
        using var reader = XmlReader.Create(new StringReader(HtmlReport.Render(content)), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader, LoadOptions.PreserveWhitespace);
    }

    private static List<string> Polylines(XDocument page) => [.. page.Descendants(Svg + "polyline").Select(line => line.Attribute("points")!.Value)];

    private static List<string> Ticks(XDocument page) => [.. page.Descendants(Svg + "text").Where(text => text.Attribute("class")!.Value == "tick").Select(text => text.Value)];

    private static string Variable(string block, string name) => Regex.Match(block, $"--{name}: #([0-9a-f]{{6}});").Groups[1].Value;

    /// <summary>The contrast ratio of WCAG 2, 1 to 21.</summary>
    private static double Contrast(string a, string b)
    {
        var (high, low) = (Math.Max(Luminance(a), Luminance(b)), Math.Min(Luminance(a), Luminance(b)));
        return (high + 0.05) / (low + 0.05);
    }

    private static double Luminance(string colour) => Weights.Zip(Convert.FromHexString(colour), (weight, value) => weight * (value / 255.0 <= 0.04045 ? value / 255.0 / 12.92 : Math.Pow((value / 255.0 + 0.055) / 1.055, 2.4)))
        .Sum();

    [GeneratedRegex(@":root \{[^}]*\}")]
    private static partial Regex RootBlock();
}
