using Scenograph.Data;
using Scenograph.Evaluation;
using Scenograph.Models;
using Scenograph.Reports;
using Scenograph.Training;
using Scenograph.Training.Recipes;

namespace Scenograph.Tests.Learning;

/// <summary>What a short real training came to.</summary>
/// <param name="LossShare">Loss at the end over that at the start; below 0 where a negative log-likelihood has become negative.</param>
/// <param name="Score">ARI-FG on the validation scenes after the last step.</param>
/// <param name="Baseline">ARI-FG of <see cref="ConnectedComponents"/> on the same scenes.</param>
internal sealed record ShortTraining(double LossShare, double Score, double Baseline)
{
    private const double MostLossShare = 0.65;
    private const double LeastGain = 0.1;

    /// <summary>
    /// Asserts that a training learns: the loss falls, and ARI-FG comes above a floor and clearly above connected components. A second seed has its turn
    /// where rounding on another processor leads the first astray; what has learned nothing fails with both.
    /// </summary>
    /// <param name="recipe">Text of the recipe.</param>
    /// <param name="leastScore">The floor, between what a training that learns nothing has and what the model reaches.</param>
    public static void AssertLearns(string recipe, double leastScore)
    {
        var first = Run(recipe, seed: 0);
        Assert.True(first.LossShare < MostLossShare, $"the loss is still {first.LossShare:F2} of the first");
        if (first.Score > leastScore && first.Score > first.Baseline + LeastGain)
        {
            return;
        }
        var second = Run(recipe, seed: 1);
        Assert.True(second.Score > leastScore, $"ARI-FG {first.Score:F3} and {second.Score:F3}");
        Assert.True(second.Score > second.Baseline + LeastGain, $"ARI-FG {second.Score:F3}, that of connected components {second.Baseline:F3}");
    }

    /// <summary>
    /// Two large sprites of different colours that overlap so often that patches of touching pixels tell little about objects: connected components have
    /// an ARI-FG of 0.29 (validation scenes of seed 0). 24×24.
    /// </summary>
    public const string OverlappingSprites = """
        data:
          train: sprites-(24,24)
          validation: sprites-(24,24)
          options:
            count: 20000
            sprites: { minimum_objects: 2, maximum_objects: 2, rotate: false, minimum_side: 0.35, maximum_side: 0.5, minimum_color_distance: 0.7 }
        """;

    /// <summary>128 validation scenes; the seed is that of weights, noise and scenes.</summary>
    public static ShortTraining Run(string text, int seed = 0)
    {
        var recipe = Read(text, seed, $"data.options.seed={seed}");
        recipe = recipe with { Evaluation = recipe.Evaluation with { Images = 128, Batch = 64 } };
        var history = Train(recipe);
        var losses = history.Curve("train", "loss");
        var scenes = DataSets.Open(recipe.Data.Validation!, Split.Validation, options: recipe.Data.Options);
        return new(
            losses.TakeLast(3).Average(point => point.Value) / losses[0].Value,
            history.Curve("validation", MetricNames.AriForeground)[^1].Value,
            ConnectedComponents.AriForeground(scenes, recipe.Evaluation.Images));
    }

    /// <summary>A recipe for <see cref="Train"/>, which validates after its last step only.</summary>
    public static Recipe Read(string text, int seed, params string[] changes)
    {
        var recipe = RecipeReader.Parse(text, "learning.yaml", ModelCatalogue.Instance, [$"training.seed={seed}", .. changes]);
        // Such small products only wait for each other on more than one thread.
        return recipe with { Training = recipe.Training with { Threads = 1, LogEvery = 20, ValidateEvery = recipe.Training.Steps, CheckpointEvery = 0 } };
    }

    /// <summary>Trains to the end, in a folder that is gone afterwards.</summary>
    public static MetricsHistory Train(Recipe recipe)
    {
        using var folder = new TemporaryFolder();
        using var run = RunFolder.CreateAt(folder["run"]);
        run.WriteRecipe(recipe);
        using (var trainer = new Trainer(recipe, run))
        {
            Assert.True(trainer.Run().Finished);
        }
        return MetricsLog.Read(run.MetricsPath);
    }
}
