using System.Globalization;
using Scenograph.Reports;

namespace Scenograph.Experiments;

/// <summary>Tables and figures of an experiment.</summary>
public sealed record ExperimentReport
{
    /// <summary>Heading of the page.</summary>
    public required string Title { get; init; }

    /// <summary>One or two sentences below it.</summary>
    public string? Summary { get; init; }

    /// <summary>What <c>--json</c> prints and the page shows; each a CSV file as well.</summary>
    public required IReadOnlyList<ExperimentTable> Tables { get; init; }

    /// <summary>Curves of the page.</summary>
    public IReadOnlyList<Chart> Charts { get; init; } = [];

    /// <summary>Pictures of the page.</summary>
    public IReadOnlyList<ReportFigure> Figures { get; init; } = [];

    /// <summary>Larger tables that become CSV files alone.</summary>
    public IReadOnlyList<ExperimentTable> Data { get; init; } = [];

    /// <summary>Remarks on the page.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>A table of an experiment.</summary>
/// <param name="Name">Of its CSV file, e.g. <c>results</c>.</param>
/// <param name="Title">Above it.</param>
/// <param name="Columns">Headings.</param>
/// <param name="Rows">Cells: texts, numbers, or null for what is not there.</param>
/// <param name="Digits">Decimals of the numbers, for people; files and JSON have all.</param>
public sealed record ExperimentTable(string Name, string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows, int Digits = 2)
{
    /// <summary>A sentence below the title, or null.</summary>
    public string? Remark { get; init; }

    /// <summary>The cells as people read them.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Texts => [.. Rows.Select(row => (IReadOnlyList<string>)[.. row.Select(Rounded)])];

    /// <summary>The cells in full precision, a missing one empty.</summary>
    public IEnumerable<IEnumerable<string>> FullTexts => Rows.Select(row => row.Select(cell => cell switch
    {
        null => "",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        float number => number.ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(cell, CultureInfo.InvariantCulture) ?? "",
    }));

    private string Rounded(object? cell) => cell switch
    {
        null => "–",
        double number => number.ToString("F" + Digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
        _ => Convert.ToString(cell, CultureInfo.InvariantCulture) ?? "",
    };
}
