namespace Scenograph.Reports;

/// <summary>
/// Everything a report page shows, as plain data: a run's page, an evaluation's and an experiment's are all made of these parts.
/// Parts that are empty are left out of the page. Texts are plain text; the page escapes them.
/// </summary>
public sealed record ReportContent
{
    /// <summary>Heading and window title.</summary>
    public required string Title { get; init; }

    /// <summary>One or two sentences below the heading.</summary>
    public string? Summary { get; init; }

    /// <summary>The few numbers to see first.</summary>
    public IReadOnlyList<HeadlineMetric> Headline { get; init; } = [];

    /// <summary>Curves over steps, in this order.</summary>
    public IReadOnlyList<Chart> Curves { get; init; } = [];

    /// <summary>Pictures, in this order.</summary>
    public IReadOnlyList<ReportFigure> Figures { get; init; } = [];

    /// <summary>Metric tables and breakdowns, in this order.</summary>
    public IReadOnlyList<ReportTable> Tables { get; init; } = [];

    /// <summary>The resolved recipe as YAML, or null.</summary>
    public string? Recipe { get; init; }

    /// <summary>Versions, processor, threads, date, command line: by name.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Remarks, one paragraph each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>One number of the top line.</summary>
/// <param name="Name">Short name, e.g. <c>ARI-FG</c>.</param>
/// <param name="Value">As it is to be read, e.g. <c>0.953</c>.</param>
/// <param name="Remark">A few words below it, e.g. <c>320 scenes</c>, or null.</param>
public sealed record HeadlineMetric(string Name, string Value, string? Remark = null);

/// <summary>A line chart over steps.</summary>
/// <param name="Title">Above the chart.</param>
/// <param name="ValueLabel">What the vertical axis shows, with its unit.</param>
/// <param name="Series">Lines of the chart; at most 8 get colours of their own.</param>
/// <param name="LogScale">Logarithmic vertical axis; values that are not positive become gaps.</param>
/// <param name="StepLabel">What the horizontal axis shows.</param>
public sealed record Chart(string Title, string ValueLabel, IReadOnlyList<Series> Series, bool LogScale = false, string StepLabel = "step");

/// <summary>A line of a chart.</summary>
/// <param name="Name">In the legend.</param>
/// <param name="Points">Any order; values that are not finite become marked gaps.</param>
/// <param name="Smoothing">
/// 0 for the points as they are; above 0 and below 1 the weight that a running mean keeps of the past, drawn over the faint points.
/// </param>
public sealed record Series(string Name, IReadOnlyList<CurvePoint> Points, double Smoothing = 0)
{
    /// <summary>A band around the line, such as a spread over repetitions, in the order of its steps; what is not finite is left out.</summary>
    public IReadOnlyList<CurveBand> Band { get; init; } = [];
}

/// <summary>A point of a curve.</summary>
public readonly record struct CurvePoint(double Step, double Value);

/// <summary>The edges of a band at a step.</summary>
public readonly record struct CurveBand(double Step, double Low, double High);

/// <summary>A picture with its words.</summary>
/// <param name="Caption">Below the picture.</param>
/// <param name="Png">The PNG file's bytes.</param>
/// <param name="AlternativeText">What the picture shows, for those who do not see it.</param>
public sealed record ReportFigure(string Caption, byte[] Png, string AlternativeText)
{
    /// <summary>Headings over equally wide columns of the picture, from left to right; empty for none.</summary>
    public IReadOnlyList<string> ColumnTitles { get; init; } = [];
}

/// <summary>A table.</summary>
/// <param name="Title">Above the table.</param>
/// <param name="Columns">Headings; the first column names the rows.</param>
/// <param name="Rows">Each as many cells as there are columns; numbers are set to the right.</param>
public sealed record ReportTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>A sentence below the title, or null.</summary>
    public string? Remark { get; init; }
}
