using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Scenograph.Data;
using Scenograph.Evaluation;
using Scenograph.Models;
using Scenograph.Torch;
using Scenograph.Training;
using Scenograph.Training.Recipes;

namespace Scenograph.Cli.Commands;

/// <summary><c>scenograph evaluate</c>: every metric of the benchmark for a trained run.</summary>
internal static class EvaluateCommand
{
    /// <param name="Run">Anything that <see cref="Training.RunFolder.Open"/> takes.</param>
    /// <param name="Data">Data spec; null: the recipe's test scenes.</param>
    /// <param name="Set"><c>key=value</c> texts on top of the recipe's <c>data.options</c>.</param>
    /// <param name="Images">Number of scenes; null: the recipe's.</param>
    /// <param name="Components">K; null: the training's.</param>
    /// <param name="Checkpoint">Anything that <see cref="Training.RunFolder.Checkpoint"/> takes; null: the one named by <paramref name="Run"/>, else last.</param>
    /// <param name="Csv">Where to write one row an image; null: nowhere but into the run's folder.</param>
    /// <param name="Seed">Seed of the model's noise; null: the training's seed + 3.</param>
    /// <param name="Device">Null: the recipe's.</param>
    /// <param name="Quiet">No progress display.</param>
    /// <param name="Json">Print {metrics, images, seconds, data, components, by_objects} instead of tables.</param>
    internal sealed record Request(string Run, string? Data, IReadOnlyList<string> Set, int? Images, int? Components, string? Checkpoint, string? Csv, long? Seed, string? Device, bool Quiet, bool Json);

    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "The run: its folder, a checkpoint in it, or its name's folder for the newest." };
        var data = new Option<string?>("--data") { Description = "Data spec of the scenes (default: the recipe's test scenes).", HelpName = "spec" };
        var images = CommonOptions.Number<int>("--images", "n", "Number of scenes, the first of the set (default: the recipe's).", least: 1);
        var set = DataOptions.Set();
        set.Description = "Other scenes than the recipe's, e.g. sprites.maximum_objects=6 or maximum_objects=6; may be given several times.";
        var components = CommonOptions.Number<int>("--components", "k", "Take scenes apart into so many components, where the model can (default: as many as in training).", least: 1);
        var checkpoint = new Option<string?>("--checkpoint") { Description = "last, best, step-N or a file (default last).", HelpName = "which" };
        var csv = new Option<string?>("--csv") { Description = "Write one row an image to this file as well.", HelpName = "file" };
        var seed = CommonOptions.Seed("Seed of the model's noise (default: the training's seed + 3).");
        var device = CommonOptions.Device();
        var quiet = CommonOptions.Quiet();
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "evaluate",
            "Measure a trained model on scenes with known masks: ARI, mIoU, mse and the benchmark's other metrics, per image, by the number of objects, and summed up.",
            "scenograph evaluate runs/tetrominoes --images 320",
            "scenograph evaluate runs/tetrominoes --data 'clevr-crop-(128,128)' --checkpoint best --json",
            "scenograph evaluate runs/clevr6 --data 'clevr-crop-(128,128)' --components 11",
            "scenograph evaluate runs/sprites --set sprites.maximum_objects=8 --components 9")
        {
            run, data, set, images, components, checkpoint, csv, seed, device, quiet, json,
        };
        command.SetAction((parsed, stop) => Run(
            new Request(
                parsed.GetRequiredValue(run),
                parsed.GetValue(data),
                parsed.GetValue(set) ?? [],
                parsed.GetValue(images),
                parsed.GetValue(components),
                parsed.GetValue(checkpoint),
                parsed.GetValue(csv),
                parsed.GetValue(seed),
                parsed.GetValue(device),
                parsed.GetValue(quiet),
                parsed.GetValue(json)),
            stop));
        return command;
    }

    /// <summary>What <c>--json</c> prints.</summary>
    /// <remarks>Clusters has the class of each cluster, null for none; it is null itself for models without clusters and data without classes.</remarks>
    internal sealed record Answer(IReadOnlyDictionary<string, double> Metrics, int Images, double Seconds, string Data, int Components, IReadOnlyList<Row> ByObjects, IReadOnlyList<string?>? Clusters);

    /// <summary>The scenes that have so many true objects with a pixel.</summary>
    internal sealed record Row(int Objects, int Images, IReadOnlyDictionary<string, double> Metrics);

    private static Task<int> Run(Request request, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        using var run = LoadedRun.Open(request.Run, request.Checkpoint, request.Device);
        var recipe = request.Set.Count == 0 ? run.Recipe
            : RecipeReader.Parse(RecipeWriter.Write(run.Recipe), request.Run, ModelCatalogue.Instance, [.. request.Set.Select(change => $"data.options.{change}")]);
        ModelEvaluation.CheckComponents(run.Decomposer, request.Components);
        var spec = request.Data ?? recipe.Data.Test ?? recipe.Data.Validation
            ?? throw new InputException($"the recipe of {request.Run} names no scenes to measure on; give --data SPEC");
        var split = request.Data is null && recipe.Data.Test is null ? Split.Validation : Split.Test;
        var data = TrainingData.Open(recipe, spec, split);
        TrainingData.CheckSize(run.Model, data, spec);
        if (data.MaskCount == 0 && data.Classes.Count == 0 && run.Decomposer.Components > 1) throw new InputException($"data '{spec}' has no masks to measure against; give --data a set with masks");
        var summary = ModelEvaluation.Measure(run.Decomposer, data, request.Images ?? recipe.Evaluation.Images, recipe.Evaluation.Batch,
            (ulong)(request.Seed ?? recipe.Training.Seed + 3), run.Device, request.Components, stop);
        var components = request.Components ?? run.Decomposer.Components;
        if (run.Folder is { } folder)
        {
            summary.WriteJson(folder.EvaluationJsonPath, new(spec, components, request.Set));
            summary.WriteImagesCsv(folder.EvaluationCsvPath);
            summary.WriteBreakdownCsv(folder.EvaluationByObjectsPath, TagNames.ObjectCount);
        }
        if (request.Csv is { } csv) summary.WriteImagesCsv(csv);
        if (request.Json)
        {
            Output.WriteJson(new Answer(
                summary.Metrics, summary.Images, watch.Elapsed.TotalSeconds, spec, components,
                [.. summary.RowsOf(TagNames.ObjectCount).Select(row => new Row(int.Parse(row.Value, CultureInfo.InvariantCulture), row.Count, row.Metrics))],
                summary.Naming is { } naming ? [.. naming.ClassOf.Select(one => one < 0 ? null : data.Classes[one])] : null));
            return Task.FromResult(0);
        }
        Output.Write(summary.ToTable());
        foreach (var tag in summary.Tags) Output.Write(summary.ToTable(tag));
        return Task.FromResult(0);
    }
}
