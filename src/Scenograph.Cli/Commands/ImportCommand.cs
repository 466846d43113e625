using System.CommandLine;
using Scenograph.Models;
using Scenograph.Torch;
using Scenograph.Training.Recipes;
using Scenograph.Training;

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

    /// <summary>What <c>--json</c> prints.</summary>
    internal sealed record Answer(string File, string Model, int Tensors, long Parameters);

    private static Task<int> Run(Request request, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var recipe = request.Recipe is { } path ? RecipeReader.Read(path, ModelCatalogue.Instance, request.Overrides) : Bare(request);
        if (recipe.Model.Name != request.Model) throw new InputException($"{request.Recipe} is a recipe of {recipe.Model.Name}, --model says {request.Model}");
        var (tensors, parameters) = CheckpointImport.Run(request.Checkpoint, recipe, request.Out);
        var answer = new Answer(request.Out, request.Model, tensors, parameters);
        if (request.Json) Output.WriteJson(answer);
        else Console.WriteLine($"{answer.File}: {answer.Tensors} tensors, {answer.Parameters} parameters of {answer.Model}");
        return Task.FromResult(0);
    }

    /// <summary>A recipe of nothing but the model, for a checkpoint whose training is not known.</summary>
    private static Recipe Bare(Request request) => new("imported", RecipeReader.Model(request.Model, ModelCatalogue.Instance, request.Overrides),
        new DataRecipe("sprites"), new TrainingRecipe(1, 1, new OptimiserRecipe()), new EvaluationRecipe());
}
