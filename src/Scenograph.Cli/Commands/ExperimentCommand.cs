using System.CommandLine;
using System.Diagnostics;
using Scenograph.Evaluation;
using Scenograph.Experiments;
using Scenograph.Torch;
using Scenograph.Training;

namespace Scenograph.Cli.Commands;

/// <summary><c>scenograph experiment</c>: a published experiment from training to tables and figures.</summary>
internal static class ExperimentCommand
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(15);

    /// <param name="Name">The experiment; null: list them.</param>
    /// <param name="Asked">What to do.</param>
    /// <param name="Out">The experiment's folder; null: <c>runs/NAME/TIME</c>.</param>
    /// <param name="Load">Folder whose raw results are drawn, without training; null: train.</param>
    /// <param name="Threads">Of the arithmetic; null: as many as the experiment gains by.</param>
    /// <param name="Quiet">No progress display.</param>
    /// <param name="Json">Print the tables as JSON.</param>
    internal sealed record Request(string? Name, ExperimentRequest Asked, string? Out, string? Load, int? Threads, bool Quiet, bool Json);

    /// <summary>What <c>--json</c> prints.</summary>
    internal sealed record Answer(string Experiment, ExperimentSettings Settings, string Report, double Seconds, IReadOnlyList<AnsweredTable> Tables);

    /// <summary>One table; each row an object by column.</summary>
    internal sealed record AnsweredTable(string Name, string Title, IReadOnlyList<IReadOnlyDictionary<string, object?>> Rows);

    public static Command Create()
    {
        var name = new Argument<string?>("name") { Description = "The experiment; without it they are listed.", Arity = ArgumentArity.ZeroOrOne };
        var repetitions = CommonOptions.Number<int>("--repetitions", "n", "Trainings with different seeds (default: as published).", least: 1);
        var steps = CommonOptions.Number<int>("--steps", "n", "Steps of each training (default: as published).", least: 1);
        var estimators = new Option<string?>("--estimators") { Description = "Gradient estimators, with commas between (default: those published).", HelpName = "names" };
        var dataset = new Option<string?>("--dataset") { Description = "The images (default: the experiment's first).", HelpName = "name" };
        var set = new Option<string[]>("--set") { Description = "Change one of the experiment's own options, or of the recipes that it trains by (model., data., training.); may be given several times.", HelpName = "key=value", Arity = ArgumentArity.OneOrMore };
        var seed = CommonOptions.Seed("Seed of the first repetition; the others count on (default 0).");
        var load = new Option<string?>("--load") { Description = "Draw tables and figures anew from a folder's raw results, without training.", HelpName = "folder" };
        var folder = CommonOptions.Out("The experiment's folder (default runs/NAME/TIME). Given the folder of an interrupted call, what is finished is not done again.");
        var threads = CommonOptions.Number<int>("--threads", "n", "Threads of the arithmetic (default: all cores; 1 for the toy experiments, whose tensors are small).", least: 1);
        var quiet = CommonOptions.Quiet();
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "experiment",
            "Repeat a published experiment: train, measure, and write its tables and figures as a page and as CSV.",
            "scenograph experiment toy --repetitions 10 --steps 2000",
            "scenograph experiment toy-replication -o runs/replication --json",
            "scenograph experiment toy-replication --load runs/replication",
            "scenograph experiment dvae-st --dataset full-mnist --repetitions 3 --estimators relax,exact -o runs/dvae-st")
        {
            name, repetitions, steps, estimators, dataset, set, seed, load, folder, threads, quiet, json,
        };
        command.SetAction((parsed, stop) => Run(
            new Request(
                parsed.GetValue(name),
                new ExperimentRequest(parsed.GetValue(repetitions), parsed.GetValue(steps), Names(parsed.GetValue(estimators)), parsed.GetValue(dataset), parsed.GetValue(seed) ?? 0, parsed.GetValue(set) is { Length: > 0 } changes ? changes : null),
                parsed.GetValue(folder), parsed.GetValue(load), parsed.GetValue(threads), parsed.GetValue(quiet), parsed.GetValue(json)),
            stop));
        return command;
    }

    private static Task<int> Run(Request request, CancellationToken stop)
    {
        if (request.Name is not { } name)
        {
            List(request.Json);
            return Task.FromResult(0);
        }
        var experiment = ExperimentCatalogue.Find(name);
        var watch = Stopwatch.StartNew();
        EngineInfo.Threads = request.Threads ?? experiment.Threads;
        var (report, settings, path) = request.Load is { } load ? Load(experiment, request, load) : Measure(experiment, request, stop);
        if (report is null)
        {
            Console.Error.WriteLine($"stopped; what is done is kept: the same command with -o {Path.GetDirectoryName(path)} goes on, --load {Path.GetDirectoryName(path)} draws it as it is");
            return Task.FromResult(0);
        }
        if (request.Json)
        {
            Output.WriteJson(new Answer(name, settings, path, watch.Elapsed.TotalSeconds, [.. report.Tables.Select(Answered)]));
            return Task.FromResult(0);
        }
        foreach (var table in report.Tables) Output.Write(new EvaluationTable(table.Title, table.Columns, table.Texts));
        foreach (var note in report.Notes) Console.WriteLine(note);
        Console.WriteLine($"report {path}");
        return Task.FromResult(0);
    }

    /// <returns>No report where it was told to stop.</returns>
    private static (ExperimentReport? Report, ExperimentSettings Settings, string Path) Measure(Experiment experiment, Request request, CancellationToken stop)
    {
        var settings = ExperimentSettings.Resolve(experiment, request.Asked);
        experiment.Check(settings);
        var folder = ExperimentFolder.Create(request.Out ?? ExperimentFolder.NewPath(experiment.Name), settings);
        try
        {
            return (ExperimentRunner.Run(experiment, settings, folder, request.Quiet ? null : new Lines(), stop), settings, folder.ReportPath);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return (null, settings, folder.ReportPath);
        }
    }

    private static (ExperimentReport? Report, ExperimentSettings Settings, string Path) Load(Experiment experiment, Request request, string load)
    {
        if (request.Asked != new ExperimentRequest())
        {
            throw new InputException("--load draws what the folder has; --repetitions, --steps, --estimators, --dataset, --seed and --set belong to a training");
        }
        var from = ExperimentFolder.Open(load);
        var report = ExperimentRunner.Load(experiment, from, request.Out);
        return (report, from.ReadSettings(), request.Out is { } target ? Path.Combine(target, Path.GetFileName(from.ReportPath)) : from.ReportPath);
    }

    private static void List(bool json)
    {
        if (json) Output.WriteJson(ExperimentCatalogue.All.Select(experiment => new { experiment.Name, experiment.Description, experiment.Repetitions, experiment.Steps, experiment.DataSets }));
        else
        {
            Output.Write(new EvaluationTable("experiments", ["name", "repetitions", "steps", "what"],
                [.. ExperimentCatalogue.All.Select(experiment => (IReadOnlyList<string>)[experiment.Name, $"{experiment.Repetitions}", $"{experiment.Steps}", experiment.Description])]));
        }
    }

    private static AnsweredTable Answered(ExperimentTable table) => new(table.Name, table.Title,
        [.. table.Rows.Select(row => table.Columns.Zip(row).ToDictionary(pair => pair.First, pair => pair.Second))]);

    private static string[]? Names(string? list) => list?.Split(',', StringSplitOptions.TrimEntries);

    private sealed class Lines : IProgress<string>
    {
        private long last;

        public void Report(string value)
        {
            if (last != 0 && Stopwatch.GetElapsedTime(last) < LineInterval) return;
            last = Stopwatch.GetTimestamp();
            Console.Error.WriteLine(value);
        }
    }
}
