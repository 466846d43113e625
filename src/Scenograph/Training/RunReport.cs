using System.Globalization;
using Scenograph.Evaluation;
using Scenograph.Reports;
using Scenograph.Reports.Pictures;
using Scenograph.Torch;
using Scenograph.Torch.Images;
using Scenograph.Training.Recipes;

namespace Scenograph.Training;

/// <summary>The page of a run: curves of its metrics log, decompositions, tables of an evaluation, recipe, environment.</summary>
public static class RunReport
{
    private const int LinesOfAChart = 8;

    private static readonly string[] HeadlineMetrics = [MetricNames.AriForeground, MetricNames.MeanIou, MetricNames.SquaredError];

    /// <summary>Writes <c>report.html</c> into the run's folder.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="recipe">Its recipe.</param>
    /// <param name="evaluation">Metrics on held-out scenes, or null.</param>
    /// <param name="scenes">Scenes taken apart, for the figure.</param>
    /// <param name="device">Where it was computed.</param>
    /// <param name="summary">One sentence below the heading.</param>
    public static void Write(RunFolder folder, Recipe recipe, EvaluationSummary? evaluation, IReadOnlyList<SceneDecomposition> scenes, Device device, string summary)
    {
        var history = MetricsLog.Read(folder.MetricsPath);
        HtmlReport.Write(folder.ReportPath, new()
        {
            Title = $"{recipe.Name}: {recipe.Model.Name}",
            Summary = summary,
            Headline = evaluation is null ? [] : [.. HeadlineMetrics.Select(name => Headline(evaluation, name))],
            Figures = scenes.Count == 0 ? [] : [Figure(scenes)],
            Tables = [.. Tables(evaluation), .. Latents(scenes)],
            Curves = Curves(history),
            Recipe = RecipeWriter.Write(recipe),
            Environment = RunEnvironment.Describe(device),
        });
    }

    private static HeadlineMetric Headline(EvaluationSummary evaluation, string name)
    {
        var value = evaluation.Statistic(name);
        return new(name, value.ToString(Math.Abs(value) < 10 ? "0.000" : "0.0", CultureInfo.InvariantCulture), $"{evaluation.Images} scenes");
    }

    private static ReportFigure Figure(IReadOnlyList<SceneDecomposition> scenes) => new(
        "Held-out scenes taken apart: image, reconstruction, true and predicted masks, and what each component shows where its mask is.",
        ImageFile.EncodePng(DecompositionFigure.Draw(scenes)),
        $"{scenes.Count} scenes, one a row, with their reconstruction, masks and components")
    {
        ColumnTitles = DecompositionFigure.ColumnTitles(scenes),
    };

    private static IEnumerable<ReportTable> Tables(EvaluationSummary? evaluation) =>
        evaluation is null ? [] : [Table(evaluation.ToTable()), .. evaluation.Tags.Select(tag => Table(evaluation.ToTable(tag)))];

    private static ReportTable Table(EvaluationTable table) => new(table.Title, table.Columns, table.Rows);

    /// <summary>How the codes of the pictured scenes spread; TensorBoard has their histograms.</summary>
    private static IEnumerable<ReportTable> Latents(IReadOnlyList<SceneDecomposition> scenes)
    {
        if (scenes.Count == 0 || scenes[0].Latents.Count == 0) yield break;
        yield return new("Codes of the pictured scenes' components", ["code", "numbers a component", "mean", "standard deviation", "smallest", "largest"],
            [.. scenes[0].Latents.Keys.Select(name => Spread(name, scenes))]);
    }

    private static string[] Spread(string name, IReadOnlyList<SceneDecomposition> scenes)
    {
        var values = scenes.SelectMany(scene => scene.Latents[name]).Select(value => (double)value).ToArray();
        var mean = values.Average();
        double[] numbers = [mean, Math.Sqrt(values.Average(value => (value - mean) * (value - mean))), values.Min(), values.Max()];
        var size = scenes[0].Latents[name].Length / scenes[0].ComponentCount;
        return [name, size.ToString(CultureInfo.InvariantCulture), .. numbers.Select(number => number.ToString("0.0000", CultureInfo.InvariantCulture))];
    }

    private static List<Chart> Curves(MetricsHistory history)
    {
        var charts = new List<Chart>();
        foreach (var group in history.Names("train").GroupBy(TermOf))
        {
            var names = Few([.. group]);
            charts.Add(new(Title(group.Key), group.Key,
                [.. names.Select(name => new Series(name == group.Key ? "training" : name, history.Curve("train", name), name is "learning_rate" ? 0 : 0.9))],
                LogScale: group.Key is "loss" or "gradient_norm"));
        }
        Series[] scores = [.. new[] { MetricNames.AriForeground, MetricNames.MeanIou, MetricNames.Ari }
            .Where(history.Names("validation").Contains).Select(name => new Series(name, history.Curve("validation", name)))];
        if (scores.Length > 0) charts.Add(new("Validation scores", "score", scores));
        if (history.Names("validation").Contains(MetricNames.SquaredError))
        {
            charts.Add(new("Validation squared error", "summed over pixels and colours", [new(MetricNames.SquaredError, history.Curve("validation", MetricNames.SquaredError))], LogScale: true));
        }
        return charts;
    }

    /// <summary>A term's name without the number of its iteration: those of all iterations share a chart.</summary>
    private static string TermOf(string name) =>
        name.LastIndexOf('/') is var slash and > 0 && int.TryParse(name.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _) ? name[..slash] : name;

    /// <summary>As many as a chart has colours for, the first and the last among them.</summary>
    private static string[] Few(string[] names) =>
        names.Length <= LinesOfAChart ? names : [.. Enumerable.Range(0, LinesOfAChart).Select(i => names[i * (names.Length - 1) / (LinesOfAChart - 1)])];

    private static string Title(string name) => char.ToUpperInvariant(name[0]) + name[1..].Replace('_', ' ');
}
