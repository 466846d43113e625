using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Scenograph.Reports.Html;
using Scenograph.Torch;
using Scenograph.Torch.Files;

namespace Scenograph.Reports;

/// <summary>
/// Makes a report page: one HTML file with its style, drawings and pictures inside, which loads nothing from anywhere (and forbids
/// itself to), reads without scripts, on narrow screens, in light and in dark. It is also well-formed XML.
/// </summary>
public static class HtmlReport
{
    private static readonly Lazy<string> Style = new(() => Resource("report.css"));
    private static readonly Lazy<string> Script = new(() => Resource("report.js"));

    /// <summary>Writes the page to <paramref name="path"/>, in one piece.</summary>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void Write(string path, ReportContent content) => AtomicFile.WriteAllBytes(path, Encoding.UTF8.GetBytes(Render(content)));

    /// <summary>The page's text.</summary>
    public static string Render(ReportContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        var html = new StringBuilder();
        WriteHead(html, content);
        html.Append(CultureInfo.InvariantCulture, $"<body>\n<main>\n<header>\n<h1>{HtmlText.Escape(content.Title)}</h1>\n");
        if (!string.IsNullOrEmpty(content.Summary))
        {
            html.Append(CultureInfo.InvariantCulture, $"<p class=\"summary\">{HtmlText.Escape(content.Summary)}</p>\n");
        }
        WriteHeadline(html, content.Headline);
        html.Append("</header>\n");

        var sections = Sections(content);
        WriteContents(html, sections);
        foreach (var (id, title, body) in sections)
        {
            html.Append(CultureInfo.InvariantCulture, $"<section id=\"{id}\" aria-labelledby=\"{id}-title\">\n<h2 id=\"{id}-title\">{title}</h2>\n{body}</section>\n");
        }
        html.Append(CultureInfo.InvariantCulture, $"</main>\n<script>{Script.Value}</script>\n</body>\n</html>\n");
        return html.ToString();
    }

    private static void WriteHead(StringBuilder html, ReportContent content)
    {
        // The policy is the promise: nothing is loaded from outside, and no script runs but ours.
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Script.Value)));
        html.Append("<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n<meta charset=\"utf-8\"/>\n");
        html.Append(CultureInfo.InvariantCulture, $"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{hash}'\"/>\n");
        html.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<meta name=\"color-scheme\" content=\"light dark\"/>\n");
        html.Append(CultureInfo.InvariantCulture, $"<title>{HtmlText.Escape(content.Title)}</title>\n<style>\n{Style.Value}</style>\n</head>\n");
    }

    private static void WriteHeadline(StringBuilder html, IReadOnlyList<HeadlineMetric> headline)
    {
        if (headline.Count == 0)
        {
            return;
        }
        html.Append("<dl class=\"headline\">\n");
        foreach (var (name, value, remark) in headline)
        {
            html.Append(CultureInfo.InvariantCulture, $"<div><dt>{HtmlText.Escape(name)}</dt><dd><strong>{HtmlText.Escape(value)}</strong>");
            if (!string.IsNullOrEmpty(remark))
            {
                html.Append(CultureInfo.InvariantCulture, $"<span class=\"quiet\">{HtmlText.Escape(remark)}</span>");
            }
            html.Append("</dd></div>\n");
        }
        html.Append("</dl>\n");
    }

    private static List<(string Id, string Title, string Body)> Sections(ReportContent content)
    {
        var sections = new List<(string, string, string)>();
        Add("scenes", "Scenes", content.Figures.Count, html => Each(content.Figures, WriteFigure, html));
        Add("results", "Results", content.Tables.Count, html => Each(content.Tables, WriteTable, html));
        Add("curves", "Curves", content.Curves.Count, html => WriteCharts(html, content.Curves));
        Add("notes", "Notes", content.Notes.Count, html => Each(content.Notes, WriteNote, html));
        Add("recipe", "Recipe", content.Recipe?.Length ?? 0, html => WriteRecipe(html, content.Recipe!));
        Add("environment", "Environment", content.Environment.Count, html => WriteEnvironment(html, content.Environment));
        return sections;

        void Add(string id, string title, int count, Action<StringBuilder> write)
        {
            if (count > 0)
            {
                var body = new StringBuilder();
                write(body);
                sections.Add((id, title, body.ToString()));
            }
        }
    }

    private static void WriteContents(StringBuilder html, List<(string Id, string Title, string Body)> sections)
    {
        if (sections.Count < 2)
        {
            return;
        }
        html.Append("<nav aria-label=\"Contents\">\n");
        foreach (var (id, title, _) in sections)
        {
            html.Append(CultureInfo.InvariantCulture, $"<a href=\"#{id}\">{title}</a>\n");
        }
        html.Append("</nav>\n");
    }

    private static void WriteFigure(StringBuilder html, ReportFigure figure)
    {
        var columns = figure.ColumnTitles.Count;
        html.Append(CultureInfo.InvariantCulture, $"<figure class=\"picture\">\n<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{HtmlText.Escape(figure.Caption)}\">\n");
        html.Append(CultureInfo.InvariantCulture, $"<div class=\"sheet\" style=\"min-width:{columns * 6}rem\">\n");
        if (columns > 0)
        {
            html.Append("<div class=\"columns\" aria-hidden=\"true\">");
            Each(figure.ColumnTitles, (target, title) => target.Append(CultureInfo.InvariantCulture, $"<span>{HtmlText.Escape(title)}</span>"), html);
            html.Append("</div>\n");
        }
        html.Append(CultureInfo.InvariantCulture, $"<img alt=\"{HtmlText.Escape(figure.AlternativeText)}\" src=\"data:image/png;base64,{Convert.ToBase64String(figure.Png)}\"/>\n");
        html.Append(CultureInfo.InvariantCulture, $"</div>\n</div>\n<figcaption>{HtmlText.Escape(figure.Caption)}</figcaption>\n</figure>\n");
    }

    private static void WriteTable(StringBuilder html, ReportTable table)
    {
        html.Append(CultureInfo.InvariantCulture, $"<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{HtmlText.Escape(table.Title)}\">\n<table>\n<caption>{HtmlText.Escape(table.Title)}");
        if (!string.IsNullOrEmpty(table.Remark))
        {
            html.Append(CultureInfo.InvariantCulture, $"<span class=\"quiet\">{HtmlText.Escape(table.Remark)}</span>");
        }
        html.Append("</caption>\n<thead><tr>");
        for (var i = 0; i < table.Columns.Count; i++)
        {
            // A heading stands over its numbers: to the right, as they do.
            var number = table.Rows.Count > 0 && table.Rows.All(row => i < row.Count && IsNumber(row[i]));
            html.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\"{(number ? " class=\"number\"" : "")}>{HtmlText.Escape(table.Columns[i])}</th>");
        }
        html.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in table.Rows)
        {
            html.Append("<tr>");
            for (var i = 0; i < table.Columns.Count; i++)
            {
                var cell = i < row.Count ? row[i] : "";
                var number = IsNumber(cell) ? " class=\"number\"" : "";
                html.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "<th scope=\"row\"" : "<td")}{number}>{HtmlText.Escape(cell)}{(i == 0 ? "</th>" : "</td>")}");
            }
            html.Append("</tr>\n");
        }
        html.Append("</tbody>\n</table>\n</div>\n");
    }

    private static void WriteCharts(StringBuilder html, IReadOnlyList<Chart> charts)
    {
        html.Append("<div class=\"charts\">\n");
        Each(charts, (target, chart) => target.Append(LineChart.Render(chart)), html);
        html.Append("</div>\n");
    }

    private static void WriteNote(StringBuilder html, string note) =>
        html.Append(CultureInfo.InvariantCulture, $"<p>{HtmlText.Escape(note)}</p>\n");

    private static void WriteRecipe(StringBuilder html, string recipe) =>
        html.Append(CultureInfo.InvariantCulture, $"<pre tabindex=\"0\"><code>{HtmlText.Escape(recipe)}</code></pre>\n");

    private static void WriteEnvironment(StringBuilder html, IReadOnlyDictionary<string, string> environment)
    {
        html.Append("<dl class=\"facts\">\n");
        foreach (var (name, value) in environment)
        {
            html.Append(CultureInfo.InvariantCulture, $"<div><dt>{HtmlText.Escape(name)}</dt><dd>{HtmlText.Escape(value)}</dd></div>\n");
        }
        html.Append("</dl>\n");
    }

    /// <summary>A number, with or without a unit of one character (%) or a spread (0.91 ± 0.02), or a dash for one that is missing.</summary>
    private static bool IsNumber(string cell)
    {
        var first = cell.Split('±')[0].Trim().TrimEnd('%', '×', 's').TrimEnd().Replace('−', '-');
        return first is "–" or "—" or "NaN" || double.TryParse(first, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out _);
    }

    private static void Each<T>(IReadOnlyList<T> items, Action<StringBuilder, T> write, StringBuilder html)
    {
        foreach (var item in items)
        {
            write(html, item);
        }
    }

    private static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Scenograph.Reports.Html.{name}")
            ?? throw new InvalidOperationException($"the resource {name} was not built into the assembly");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
