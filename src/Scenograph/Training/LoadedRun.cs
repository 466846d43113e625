using Scenograph.Models;
using Scenograph.Torch;
using Scenograph.Training.Recipes;

namespace Scenograph.Training;

/// <summary>A trained model, ready for use: from a run's folder, or from a checkpoint file alone, which carries its recipe.</summary>
public sealed class LoadedRun : IDisposable
{
    private LoadedRun(Recipe recipe, Model model, string checkpoint, RunFolder? folder, Device device)
    {
        Recipe = recipe;
        Model = model;
        Checkpoint = checkpoint;
        Folder = folder;
        Device = device;
    }

    /// <summary>What it was trained by.</summary>
    public Recipe Recipe { get; }

    /// <summary>The model, in evaluation mode.</summary>
    public Model Model { get; }

    /// <summary>File that the weights came from.</summary>
    public string Checkpoint { get; }

    /// <summary>The run's folder; null for a checkpoint that stands in none.</summary>
    public RunFolder? Folder { get; }

    /// <summary>Where the model is.</summary>
    public Device Device { get; }

    /// <summary>The model as a decomposition model.</summary>
    /// <exception cref="InputException">It is of another kind.</exception>
    public DecompositionModel Decomposer => Model as DecompositionModel
        ?? throw new InputException($"{Checkpoint} is a {Model.Name}, which does not take scenes apart");

    /// <param name="path">A run's folder, its name's folder for the newest run, or a checkpoint file.</param>
    /// <param name="checkpoint">last, best, step-N or a file; null for the one that <paramref name="path"/> names, else last.</param>
    /// <param name="device">cpu, cuda or cuda:N; null for the recipe's.</param>
    /// <exception cref="InputException">A file is missing or broken, or does not fit the recipe.</exception>
    public static LoadedRun Open(string path, string? checkpoint = null, string? device = null)
    {
        // A checkpoint file carries its recipe; a run's folder may have a newer one.
        var folder = File.Exists(path) ? null : RunFolder.Open(path);
        var file = folder?.Checkpoint(checkpoint) ?? checkpoint ?? path;
        var recipe = folder is null ? TrainingCheckpoint.ReadRecipe(file) : RecipeReader.Read(folder.RecipePath, ModelCatalogue.Instance);
        var where = Device.Parse(device ?? recipe.Training.Device);
        EngineInfo.Threads = recipe.Training.Threads;
        EngineInfo.KeepMemory();
        using var random = new Generator(0);
        var model = ModelCatalogue.Create(recipe.Model, random);
        TrainingCheckpoint.LoadWeights(file, model);
        model.To(where);
        model.Eval();
        return new(recipe, model, file, folder, where);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Model.Dispose();
        Folder?.Dispose();
    }
}
