using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Scenograph.Evaluation;
using Scenograph.Training.Recipes;
using Scenograph.Training;

namespace Scenograph.Cli.Commands;

/// <summary><c>scenograph demo</c>: from nothing to a trained, measured model and a page that shows its objects.</summary>
internal static class DemoCommand
{
    /// <param name="Seed">Seed of scenes, weights and noise.</param>
    /// <param name="Steps">Optimiser steps; null: the demo's own number.</param>
    /// <param name="Out">The run's folder; null: <c>runs/demo/TIME</c>.</param>
    /// <param name="Quiet">No progress display.</param>
    internal sealed record Request(long Seed, int? Steps, string? Out, bool Quiet);

    public static Command Create()
    {
        var seed = CommonOptions.Seed("Seed of the scenes, the weights and the noise (default 0).");
        var steps = CommonOptions.Number<int>("--steps", "n", "Number of optimiser steps, in place of the demo's own.", least: 1);
        var folder = CommonOptions.Out("The run's folder (default runs/demo/TIME).");
        var quiet = CommonOptions.Quiet();
        var command = new ExampleCommand(
            "demo",
            "Make sprite scenes, train Slot Attention on them, measure it on held-out scenes and write a report with pictures. Takes some minutes on two cores and needs no download.",
            "scenograph demo",
            "scenograph demo --seed 1 --out /tmp/demo")
        {
            seed, steps, folder, quiet,
        };
        command.SetAction((parsed, stop) => Run(
            new Request(parsed.GetValue(seed) ?? 0, parsed.GetValue(steps), parsed.GetValue(folder), parsed.GetValue(quiet)),
            stop));
        return command;
    }

    private static Task<int> Run(Request request, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        var recipe = DemoRecipe.Read(request.Seed, request.Steps);
        var threads = FreeCores.Threads(recipe.Training.Threads);
        if (threads < recipe.Training.Threads)
        {
            Console.WriteLine($"other programs keep the processor busy: training on {threads} thread instead of {recipe.Training.Threads}, which takes longer");
            recipe = recipe with { Training = recipe.Training with { Threads = threads } };
        }
        using var folder = request.Out is { } path ? RunFolder.CreateAt(path) : RunFolder.Create(recipe.Name);
        Console.WriteLine($"training {recipe.Model.Name} on {recipe.Data.Train} for {recipe.Training.Steps} steps in {folder.FolderPath}");
        var result = TrainingSession.Run(recipe, folder, resume: false, trainer => TrainingDisplay.Run(trainer, recipe.Training.Steps, request.Quiet, stop), stop);
        if (result.Evaluation is not { } evaluation) // interrupted: the demo's recipe names scenes to measure on
        {
            Console.WriteLine($"stopped after step {result.Outcome.Step}, saved; go on with: scenograph train --resume {folder.FolderPath}");
            return Task.FromResult(0);
        }
        Output.Write(evaluation.ToTable());
        Output.Write(evaluation.ToTable("num_objects"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"ARI-FG {evaluation.Statistic(MetricNames.AriForeground):F3}  mIoU {evaluation.Statistic(MetricNames.MeanIou):F3}  mse {evaluation.Statistic(MetricNames.SquaredError):F1}  seconds {watch.Elapsed.TotalSeconds:F0}  report {result.Report}"));
        return Task.FromResult(0);
    }
}
