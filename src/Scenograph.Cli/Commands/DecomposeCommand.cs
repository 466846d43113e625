using System.CommandLine;

namespace Scenograph.Cli.Commands;

/// <summary><c>scenograph decompose</c>: pictures in, masks, components and a list of objects out.</summary>
internal static class DecomposeCommand
{
    /// <param name="Run">Anything that <see cref="Training.RunFolder.Open"/> takes.</param>
    /// <param name="Images">PNG or JPEG files, at least one.</param>
    /// <param name="Out">Folder for what is written; null: <c>decomposition</c> in the working directory.</param>
    /// <param name="Checkpoint">Anything that <see cref="Training.RunFolder.Checkpoint"/> takes.</param>
    /// <param name="Seed">Seed of the noise at inference; null: the model's deterministic inference.</param>
    /// <param name="Device">Null: the recipe's.</param>
    /// <param name="Json">Print the objects as JSON instead of a table.</param>
    internal sealed record Request(string Run, IReadOnlyList<string> Images, string? Out, string? Checkpoint, long? Seed, string? Device, bool Json);

    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "The run: its folder, a checkpoint in it, or its name's folder for the newest." };
        var images = new Argument<string[]>("image") { Description = "PNG or JPEG files.", Arity = ArgumentArity.OneOrMore };
        var folder = CommonOptions.Out("Folder for the pictures and the list of objects (default decomposition).");
        var checkpoint = new Option<string?>("--checkpoint") { Description = "last, best, step-N or a file (default last).", HelpName = "which" };
        var seed = CommonOptions.Seed("Seed of the noise (default: the model's deterministic inference).");
        var device = CommonOptions.Device();
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "decompose",
            "Take pictures apart: writes each object's mask and image as PNG, a composite picture, and a JSON of the objects (area, box, centroid, mean colour).",
            "scenograph decompose runs/demo scene.png --out parts")
        {
            run, images, folder, checkpoint, seed, device, json,
        };
        command.SetAction((parsed, stop) => Run(
            new Request(
                parsed.GetRequiredValue(run),
                parsed.GetRequiredValue(images),
                parsed.GetValue(folder),
                parsed.GetValue(checkpoint),
                parsed.GetValue(seed),
                parsed.GetValue(device),
                parsed.GetValue(json)),
            stop));
        return command;
    }

    /// <summary>To be filled by the model's side; writes the files, prints the objects, returns the exit code.</summary>
    private static Task<int> Run(Request request, CancellationToken stop) =>
        throw new NotSupportedException($"decompose is not connected yet ({request}, {stop.IsCancellationRequested})");
}
