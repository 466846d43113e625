using System.Globalization;
using System.Text.Json;
using Scenograph.Models;
using Scenograph.Torch;
using Scenograph.Torch.Serialization;
using Scenograph.Training.Recipes;
using Scenograph.Training.Schedules;

namespace Scenograph.Training;

/// <summary>Where a training stands beside its tensors.</summary>
/// <param name="Step">Optimiser steps done.</param>
/// <param name="Skipped">Steps skipped because something was not finite.</param>
/// <param name="Best">Smallest validation error so far.</param>
/// <param name="Loss">The objective at the last step.</param>
/// <param name="Validated">Step of the last validation, 0 before the first; tells whether that of <paramref name="Step"/> was interrupted.</param>
/// <param name="RateLeft">What a plateau rule has left of the base learning rate, in (0, 1].</param>
/// <param name="Plateau">What that rule remembers.</param>
internal sealed record TrainingPosition(long Step, int Skipped, double Best, double Loss, long Validated, double RateLeft, PlateauState Plateau);

/// <summary>
/// A training's state in one safetensors file: weights under <c>model.</c>, their moving average, where the recipe asks for one, under
/// <c>average.</c>, the optimiser's under <c>optimizer.</c>, the noise's as <c>noise</c>; model name, recipe and position in the metadata.
/// </summary>
internal static class TrainingCheckpoint
{
    private const string ModelPrefix = "model.";
    private const string AveragePrefix = "average.";
    private const string OptimizerPrefix = "optimizer.";
    private const string NoiseName = "noise";

    public static void Save(string path, Recipe recipe, Model model, WeightAverage? average, Optimizer optimizer, SeededNoise noise, TrainingPosition position)
    {
        using var scope = TensorScope.Begin();
        var state = noise.GetState();
        ModuleState.Save(path,
        [
            .. model.State().Select(entry => (ModelPrefix + entry.Name, entry.Value)),
            .. average?.StateTensors().Select(entry => (AveragePrefix + entry.Name, entry.Value)) ?? [],
            .. optimizer.StateTensors().Select(entry => (OptimizerPrefix + entry.Name, entry.Value)),
            (NoiseName, Tensor.From(state, [state.Length])),
        ], Metadata(recipe, position));
    }

    /// <summary>A checkpoint of weights alone, as an import writes it.</summary>
    public static void SaveWeights(string path, Recipe recipe, Model model) => ModuleState.Save(path,
        [.. model.State().Select(entry => (ModelPrefix + entry.Name, entry.Value))], Metadata(recipe, new(0, 0, double.PositiveInfinity, double.NaN, 0, 1, new())));

    /// <exception cref="InputException">The file is missing, broken, of another model, or of a run that cannot be continued.</exception>
    public static TrainingPosition Load(string path, Model model, WeightAverage? average, Optimizer optimizer, SeededNoise noise)
    {
        using var scope = TensorScope.Begin();
        using var file = Open(path, model.Name);
        var position = Position(file);
        var tensors = ModuleState.Read(file);
        if (!tensors.TryGetValue(NoiseName, out var state)) throw new InputException($"{path} holds weights only; a run can be continued from a checkpoint that training wrote");
        ModuleState.Load(file, Targets(model), ModelPrefix);
        if (average is not null) ModuleState.Load(file, Targets(average), AveragePrefix);
        optimizer.LoadState(tensors.Where(entry => entry.Key.StartsWith(OptimizerPrefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key[OptimizerPrefix.Length..], entry => entry.Value));
        try
        {
            noise.SetState(state.ToBytes());
        }
        catch (TorchException mistake)
        {
            throw new InputException($"{path}: the state of the noise is none that this libtorch can go on from", mistake);
        }
        return position;
    }

    /// <summary>Loads what a trained model is used with: the average of the weights where there is one.</summary>
    /// <exception cref="InputException">The file is missing, broken or of another model.</exception>
    public static void LoadWeights(string path, Model model)
    {
        using var file = Open(path, model.Name);
        ModuleState.Load(file, Targets(model), ModelPrefix);
        if (file.Tensors.Any(entry => entry.Name.StartsWith(AveragePrefix, StringComparison.Ordinal)))
        {
            ModuleState.Load(file, [.. model.NamedParameters().Select(entry => (AveragePrefix + entry.Name, entry.Value))], AveragePrefix);
        }
    }

    /// <summary>The recipe that a checkpoint was trained by.</summary>
    public static Recipe ReadRecipe(string path)
    {
        using var file = SafetensorsFile.Open(path);
        if (!file.Metadata.TryGetValue("recipe", out var text)) throw new InputException($"{path} has no recipe in its metadata; it was not written by scenograph");
        return RecipeReader.Parse(text, path, ModelCatalogue.Instance);
    }

    private static (string, Tensor)[] Targets(Model model) => [.. model.State().Select(entry => (ModelPrefix + entry.Name, entry.Value))];

    private static (string, Tensor)[] Targets(WeightAverage average) => [.. average.StateTensors().Select(entry => (AveragePrefix + entry.Name, entry.Value))];

    private static SafetensorsFile Open(string path, string modelName)
    {
        var file = SafetensorsFile.Open(path);
        if (file.Metadata.GetValueOrDefault("model") is { } written && written != modelName)
        {
            file.Dispose();
            throw new InputException($"checkpoint {path} was written by {written}, this run trains {modelName}");
        }
        return file;
    }

    private static Dictionary<string, string> Metadata(Recipe recipe, TrainingPosition position) => new()
    {
        ["format"] = "scenograph 1",
        ["model"] = recipe.Model.Name,
        ["recipe"] = RecipeWriter.Write(recipe),
        ["step"] = position.Step.ToString(CultureInfo.InvariantCulture),
        ["skipped"] = position.Skipped.ToString(CultureInfo.InvariantCulture),
        ["best"] = position.Best.ToString("R", CultureInfo.InvariantCulture),
        ["loss"] = position.Loss.ToString("R", CultureInfo.InvariantCulture),
        ["validated"] = position.Validated.ToString(CultureInfo.InvariantCulture),
        ["rate_left"] = position.RateLeft.ToString("R", CultureInfo.InvariantCulture),
        ["plateau"] = JsonSerializer.Serialize(position.Plateau),
    };

    private static TrainingPosition Position(SafetensorsFile file)
    {
        var metadata = file.Metadata;
        if (long.TryParse(metadata.GetValueOrDefault("step"), NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            && int.TryParse(metadata.GetValueOrDefault("skipped"), NumberStyles.None, CultureInfo.InvariantCulture, out var skipped)
            && double.TryParse(metadata.GetValueOrDefault("best"), NumberStyles.Float, CultureInfo.InvariantCulture, out var best)
            && double.TryParse(metadata.GetValueOrDefault("loss"), NumberStyles.Float, CultureInfo.InvariantCulture, out var loss)
            && long.TryParse(metadata.GetValueOrDefault("validated"), NumberStyles.None, CultureInfo.InvariantCulture, out var validated)
            && double.TryParse(metadata.GetValueOrDefault("rate_left"), NumberStyles.Float, CultureInfo.InvariantCulture, out var rateLeft)
            && Read(metadata.GetValueOrDefault("plateau")) is { } plateau)
        {
            return new(step, skipped, best, loss, validated, rateLeft, plateau);
        }
        throw new InputException($"{file.Name} lacks the training's position (step, skipped, best, loss, validated, rate_left, plateau) in its metadata; it was not written by scenograph train");
    }

    private static PlateauState? Read(string? text)
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize<PlateauState>(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
