using System.CommandLine;
using System.Globalization;
using Scenograph.Data;
using Scenograph.Evaluation;
using Scenograph.Reports.Pictures;
using Scenograph.Torch.Files;
using Scenograph.Torch.Images;
using Scenograph.Torch;
using Scenograph.Training;

namespace Scenograph.Cli.Commands;

/// <summary><c>scenograph decompose</c>: pictures in, masks, components and a list of objects out.</summary>
internal static class DecomposeCommand
{
    /// <param name="Run">Anything that <see cref="Training.RunFolder.Open"/> takes.</param>
    /// <param name="Images">PNG or JPEG files, at least one.</param>
    /// <param name="Out">Folder for what is written; null: <c>decomposition</c> in the working directory.</param>
    /// <param name="Components">K; null: the training's.</param>
    /// <param name="Checkpoint">Anything that <see cref="Training.RunFolder.Checkpoint"/> takes.</param>
    /// <param name="Seed">Seed of the model's noise; null: the training's seed + 3.</param>
    /// <param name="Device">Null: the recipe's.</param>
    /// <param name="Json">Print the objects as JSON instead of a table.</param>
    internal sealed record Request(string Run, IReadOnlyList<string> Images, string? Out, int? Components, string? Checkpoint, long? Seed, string? Device, bool Json);

    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "The run: its folder, a checkpoint in it, or its name's folder for the newest." };
        var images = new Argument<string[]>("image") { Description = "PNG or JPEG files.", Arity = ArgumentArity.OneOrMore };
        var folder = CommonOptions.Out("Folder for the pictures and the list of objects (default decomposition).");
        var components = CommonOptions.Number<int>("--components", "k", "Into so many components, where the model can (default: as many as in training).", least: 1);
        var checkpoint = new Option<string?>("--checkpoint") { Description = "last, best, step-N or a file (default last).", HelpName = "which" };
        var seed = CommonOptions.Seed("Seed of the model's noise (default: the training's seed + 3).");
        var device = CommonOptions.Device();
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "decompose",
            "Take pictures apart: writes each object's mask and image as PNG, a composite picture, and a JSON of the objects (area, box, centroid, mean colour).",
            "scenograph decompose runs/demo scene.png --out parts")
        {
            run, images, folder, components, checkpoint, seed, device, json,
        };
        command.SetAction((parsed, stop) => Run(
            new Request(
                parsed.GetRequiredValue(run),
                parsed.GetRequiredValue(images),
                parsed.GetValue(folder),
                parsed.GetValue(components),
                parsed.GetValue(checkpoint),
                parsed.GetValue(seed),
                parsed.GetValue(device),
                parsed.GetValue(json)),
            stop));
        return command;
    }

    /// <summary>One picture of <c>--json</c> and of <c>objects.json</c>.</summary>
    internal sealed record Answer(string Image, int Width, int Height, string Composite, IReadOnlyList<Entry> Objects);

    /// <summary>One object of a picture; lengths in pixels of the model's image.</summary>
    internal sealed record Entry(int Component, bool Background, int Area, IReadOnlyList<int> Box, IReadOnlyList<double> Centroid, IReadOnlyList<double> MeanColour, string Mask, string Picture);

    private static Task<int> Run(Request request, CancellationToken stop)
    {
        using var run = LoadedRun.Open(request.Run, request.Checkpoint, request.Device);
        var model = run.Decomposer;
        ModelEvaluation.CheckComponents(model, request.Components);
        // All pictures are read before anything is written: a broken one leaves nothing half-done.
        var samples = request.Images.Select((path, index) => PictureSample.Read(path, index, model.ImageSize)).ToList();
        var folder = request.Out ?? "decomposition";
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{folder} cannot be made: {failure.Message}", failure);
        }
        var answers = new List<Answer>();
        for (var i = 0; i < samples.Count; i++)
        {
            stop.ThrowIfCancellationRequested();
            var scene = ModelEvaluation.Decompose(model, [samples[i]], (ulong)(request.Seed ?? run.Recipe.Training.Seed + 3), run.Device, request.Components)[0];
            answers.Add(Write(scene, request.Images[i], Path.Combine(folder, Prefix(request.Images, i))));
        }
        AtomicFile.WriteAllBytes(Path.Combine(folder, "objects.json"), Output.ToJson(answers));
        if (request.Json) Output.WriteJson(answers);
        else Print(answers);
        return Task.FromResult(0);
    }

    private static Answer Write(SceneDecomposition scene, string image, string prefix)
    {
        var composite = $"{prefix}_composite.png";
        ImageFile.WritePng(composite, DecompositionFigure.Draw([scene]));
        var objects = new List<Entry>();
        foreach (var found in SceneObject.Find(scene))
        {
            var (mask, picture) = ($"{prefix}_{found.Component}_mask.png", $"{prefix}_{found.Component}.png");
            ImageFile.WritePng(mask, Drawing.FromPlanes(scene.Mask(found.Component), 1, scene.Height, scene.Width));
            ImageFile.WritePng(picture, Drawing.FromPlanes(scene.Component(found.Component), scene.Channels, scene.Height, scene.Width));
            objects.Add(new(found.Component, found.IsBackground, found.Area, found.Box, found.Centroid, found.MeanColour, mask, picture));
        }
        return new(image, scene.Width, scene.Height, composite, objects);
    }

    /// <summary>The picture's own name; numbered where two pictures share it.</summary>
    private static string Prefix(IReadOnlyList<string> images, int index)
    {
        var name = Path.GetFileNameWithoutExtension(images[index]);
        return images.Count(other => Path.GetFileNameWithoutExtension(other) == name) == 1 ? name : FormattableString.Invariant($"{name}-{index + 1}");
    }

    private static void Print(IEnumerable<Answer> answers)
    {
        foreach (var answer in answers)
        {
            Output.Write(new EvaluationTable($"{answer.Image}: {answer.Composite}", ["component", "area", "box", "centroid", "mean colour", ""],
                [.. answer.Objects.Select(o => (IReadOnlyList<string>)
                [
                    Text(o.Component), Text(o.Area), string.Join(' ', o.Box), string.Join(' ', o.Centroid.Select(v => v.ToString("F1", CultureInfo.InvariantCulture))),
                    string.Join(' ', o.MeanColour.Select(v => v.ToString("F2", CultureInfo.InvariantCulture))), o.Background ? "background" : "",
                ])]));
        }

        static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
    }
}
