using Scenograph.Models;
using Scenograph.Training;
using Scenograph.Training.Recipes;

namespace Scenograph.Tests.Unit.Training;

/// <summary>Trainings of some hundredths of a second a step: 16 × 16 sprites, three slots of eight numbers.</summary>
internal static class TinyRun
{
    private static readonly string[] Short =
        ["training.steps=20", "training.validate_every=6", "training.checkpoint_every=5", "data.options.count=40", "evaluation.batch=4"];

    public static Recipe Recipe(params string[] overrides) => RecipeReader.Parse(TinyRecipe.Text, "tiny.yaml", ModelCatalogue.Instance, [.. Short, .. overrides]);

    /// <summary>Trains to the end in a folder of its own and lets go of it.</summary>
    public static RunFolder Finish(Recipe recipe, string path)
    {
        using var folder = Begin(recipe, path);
        using var trainer = new Trainer(recipe, folder);
        Assert.True(trainer.Run().Finished);
        return folder;
    }

    public static RunFolder Begin(Recipe recipe, string path)
    {
        var folder = RunFolder.CreateAt(path);
        folder.WriteRecipe(recipe);
        return folder;
    }

    /// <summary>Goes on to the end, as <c>--resume</c> does.</summary>
    public static TrainingOutcome Resume(Recipe recipe, string path)
    {
        using var folder = RunFolder.Open(path).Lock();
        using var trainer = new Trainer(recipe, folder, resume: true);
        return trainer.Run();
    }
}

/// <summary>Calls back after every logged step, on the trainer's thread.</summary>
internal sealed class AfterStep(Action<long> action) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => action(value.Step);
}
