using Scenograph.Models;
using Scenograph.Torch;
using Scenograph.Torch.Serialization;
using Scenograph.Training.Recipes;

namespace Scenograph.Training;

/// <summary>A published checkpoint, PyTorch's or safetensors, made one of ours.</summary>
public static class CheckpointImport
{
    // Lightning and DataParallel put the network under a name of their own.
    private static readonly string[] Prefixes = ["model.", "module."];

    /// <summary>Loads a checkpoint's weights into the model of a recipe and writes them with the recipe.</summary>
    /// <param name="source">A .pt, .pth, .ckpt or .safetensors file; names may begin with <c>model.</c> or <c>module.</c>.</param>
    /// <param name="recipe">The model and its options.</param>
    /// <param name="target">The safetensors file to write.</param>
    /// <returns>Number of tensors and of trained values.</returns>
    /// <exception cref="InputException">The file is missing or broken, or does not fit the model: every name is listed, and nothing is written.</exception>
    public static (int Tensors, long Parameters) Run(string source, Recipe recipe, string target)
    {
        using var random = new Generator(0);
        using var model = ModelCatalogue.Create(recipe.Model, random);
        if (source.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)) LoadSafetensors(source, model);
        else LoadPyTorch(source, model);
        TrainingCheckpoint.SaveWeights(target, recipe, model);
        return (model.State().Count(), model.ParameterCount);
    }

    private static void LoadPyTorch(string source, Model model)
    {
        using var checkpoint = PyTorchCheckpoint.Open(source);
        var prefix = Prefixes.FirstOrDefault(p => checkpoint.StateDict().Keys.All(name => name.StartsWith(p, StringComparison.Ordinal)));
        ModuleState.LoadPyTorch(checkpoint, model, prefix, rename: model.ImportedName, mayLack: model.MayLack);
    }

    private static void LoadSafetensors(string source, Model model)
    {
        using var file = SafetensorsFile.Open(source);
        var prefix = file.Tensors.Any(entry => entry.Name.StartsWith("model.", StringComparison.Ordinal)) ? "model." : "";
        var wanted = model.State().Where(entry => !model.MayLack(entry.Name) || file.Find(prefix + entry.Name) is not null);
        ModuleState.Load(file, [.. wanted.Select(entry => (prefix + entry.Name, entry.Value))], prefix);
    }
}
