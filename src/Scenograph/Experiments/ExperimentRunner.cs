using Scenograph.Evaluation;
using Scenograph.Reports;
using Scenograph.Torch;
using Scenograph.Torch.Files;
using Scenograph.Training;

namespace Scenograph.Experiments;

/// <summary>Measures an experiment, or takes what was measured, and writes its report and tables.</summary>
public static class ExperimentRunner
{
    /// <summary>Measures, draws, writes.</summary>
    /// <param name="experiment">Which.</param>
    /// <param name="settings">What to do.</param>
    /// <param name="folder">Where; see <see cref="ExperimentFolder.Create"/>.</param>
    /// <param name="progress">Told in words how far it is.</param>
    /// <param name="stop">Asks for an end; what was finished stays in the folder, and a call with the same folder goes on.</param>
    public static ExperimentReport Run(Experiment experiment, ExperimentSettings settings, ExperimentFolder folder, IProgress<string>? progress = null, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(folder);
        experiment.Measure(settings, folder, progress, stop);
        return Draw(experiment, settings, folder, folder);
    }

    /// <summary>Draws what a folder has, without training, and writes it.</summary>
    /// <param name="experiment">Which; the folder must be of the same.</param>
    /// <param name="from">The folder with raw results.</param>
    /// <param name="target">Where report and tables go; null: the same folder.</param>
    /// <exception cref="InputException">The folder is another experiment's, or its results are missing or broken.</exception>
    public static ExperimentReport Load(Experiment experiment, ExperimentFolder from, string? target = null)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(from);
        var settings = from.ReadSettings();
        if (settings.Experiment != experiment.Name) throw new InputException($"{from.FolderPath} holds {settings.Experiment}, not {experiment.Name}");
        return Draw(experiment, settings, from, target is null ? from : ExperimentFolder.Create(target, settings));
    }

    private static ExperimentReport Draw(Experiment experiment, ExperimentSettings settings, ExperimentFolder from, ExperimentFolder target)
    {
        var report = experiment.Draw(settings, from);
        foreach (var table in report.Tables.Concat(report.Data))
        {
            AtomicFile.Write(target.In($"{table.Name}.csv"), stream => EvaluationCsv.Write(stream, table.Columns, table.FullTexts));
        }
        HtmlReport.Write(target.ReportPath, new()
        {
            Title = report.Title,
            Summary = report.Summary,
            Tables = [.. report.Tables.Select(table => new ReportTable(table.Title, table.Columns, table.Texts) { Remark = table.Remark })],
            Curves = report.Charts,
            Figures = report.Figures,
            Notes = report.Notes,
            Recipe = settings.ToJson(),
            Environment = RunEnvironment.Describe(Device.Cpu),
        });
        return report;
    }
}
