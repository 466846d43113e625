using System.CommandLine;

namespace Scenograph.Cli.Commands;

/// <summary><c>scenograph import</c>: a published PyTorch checkpoint in, a safetensors checkpoint of ours out.</summary>
internal static class ImportCommand
{
    /// <param name="Checkpoint">A .pt, .pth or .safetensors file.</param>
    /// <param name="Model">The model's name.</param>
    /// <param name="Recipe">Recipe with the model's options; null: the model's defaults.</param>
    /// <param name="Overrides"><c>key=value</c> texts for the recipe reader.</param>
    /// <param name="Out">The file to write.</param>
    /// <param name="Json">Print what was imported as JSON.</param>
    internal sealed record Request(string Checkpoint, string Model, string? Recipe, IReadOnlyList<string> Overrides, string Out, bool Json);

    public static Command Create()
    {
        var checkpoint = new Argument<string>("checkpoint") { Description = "The published checkpoint: .pt, .pth or .safetensors. Pickled code in it is never run." };
        var model = new Option<string>("--model") { Description = "The model it is of, e.g. slot-attention.", HelpName = "name", Required = true };
        var recipe = new Option<string?>("--recipe") { Description = "Recipe with the model's options (default: the model's defaults).", HelpName = "file" };
        var set = CommonOptions.Set();
        var file = CommonOptions.Out("The safetensors file to write.");
        file.Required = true;
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "import",
            "Turn a published PyTorch checkpoint into one that evaluate and decompose take.",
            "scenograph import slot_attention.pth --model slot-attention --set model.slots=7 --out slot-attention.safetensors")
        {
            checkpoint, model, recipe, set, file, json,
        };
        command.SetAction((parsed, stop) => Run(
            new Request(
                parsed.GetRequiredValue(checkpoint),
                parsed.GetRequiredValue(model),
                parsed.GetValue(recipe),
                CommonOptions.Overrides(parsed.GetValue(set)),
                parsed.GetRequiredValue(file)!,
                parsed.GetValue(json)),
            stop));
        return command;
    }

    /// <summary>To be filled by the model's side; writes the file, prints what was matched, returns the exit code.</summary>
    private static Task<int> Run(Request request, CancellationToken stop) =>
        throw new NotSupportedException($"import is not connected yet ({request}, {stop.IsCancellationRequested})");
}
