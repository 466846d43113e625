using Scenograph.Reports;
using Scenograph.Reports.Pictures;
using Scenograph.Torch;
using Scenograph.Training;

namespace Scenograph.Tests.Unit.Training;

public sealed class RunReportTests : IDisposable
{
    private readonly TemporaryFolder place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public void The_terms_of_all_iterations_share_a_chart()
    {
        var page = Page([], ("nll/1", 3), ("kl/1", 1), ("nll/2", 2), ("kl/2", 2), ("geco/weight", 1));

        Assert.Equal(["Nll", "Kl", "Geco/weight"], Titles(page));
        Assert.All(["nll/1", "nll/2", "kl/1", "kl/2"], name => Assert.Contains($"<span class=\"name\">{name}</span>", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Of_more_iterations_than_a_chart_has_colours_the_first_and_the_last_are_drawn()
    {
        var page = Page([], [.. Enumerable.Range(0, 20).Select(i => ($"nll/{i}", 1.0))]);

        Assert.All(["nll/0", "nll/19"], name => Assert.Contains($"<span class=\"name\">{name}</span>", page, StringComparison.Ordinal));
        Assert.Equal(8, page.Split("<span class=\"name\">nll/").Length - 1);
    }

    [Fact]
    public void The_spread_of_the_codes_is_a_table()
    {
        var scene = new SceneDecomposition
        {
            Channels = 1, Height = 1, Width = 1, Image = [0], Reconstruction = [0], Components = [0, 0], Masks = [1, 0],
            Latents = new Dictionary<string, float[]> { ["z"] = [-1, 0, 1, 2] },
        };

        var page = Page([scene]);

        Assert.Contains("<th scope=\"row\">z</th><td class=\"number\">2</td><td class=\"number\">0.5000</td><td class=\"number\">1.1180</td><td class=\"number\">-1.0000</td><td class=\"number\">2.0000</td>", page, StringComparison.Ordinal);
    }

    private string Page(IReadOnlyList<SceneDecomposition> scenes, params (string Name, double Value)[] terms)
    {
        using var folder = TinyRun.Begin(TinyRun.Recipe(), place["run"]);
        using (var log = MetricsLog.Create(folder.MetricsPath))
        {
            if (terms.Length > 0) log.Append(1, "train", [.. terms.Select(term => KeyValuePair.Create(term.Name, term.Value))]);
        }
        RunReport.Write(folder, TinyRun.Recipe(), null, scenes, Device.Cpu, "made by hand");
        return File.ReadAllText(folder.ReportPath);
    }

    private static IEnumerable<string> Titles(string page) =>
        page.Split("<figure class=\"chart\">\n<figcaption>").Skip(1).Select(part => part[..part.IndexOf('<', StringComparison.Ordinal)]);
}
