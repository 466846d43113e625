using Scenograph.Data;
using Scenograph.Evaluation;
using Scenograph.Models;
using Scenograph.Reports;
using Scenograph.Training;
using Scenograph.Training.Recipes;

namespace Scenograph.Tests.Learning;

/// <summary>What a short real training came to.</summary>
/// <param name="LossShare">Loss at the end over that at the start.</param>
/// <param name="Score">ARI-FG on the validation scenes after the last step.</param>
/// <param name="Baseline">ARI-FG of <see cref="ConnectedComponents"/> on the same scenes.</param>
internal sealed record ShortTraining(double LossShare, double Score, double Baseline)
{
    /// <summary>Trains a recipe to its end in a folder that is gone afterwards; the seed is that of weights, noise and scenes.</summary>
    public static ShortTraining Run(string text, int seed = 0)
    {
        var recipe = RecipeReader.Parse(text, "learning.yaml", ModelCatalogue.Instance, [$"training.seed={seed}", $"data.options.seed={seed}"]);
        using var folder = new TemporaryFolder();
        using var run = RunFolder.CreateAt(folder["run"]);
        run.WriteRecipe(recipe);
        using (var trainer = new Trainer(recipe, run))
        {
            Assert.True(trainer.Run().Finished);
        }
        var history = MetricsLog.Read(run.MetricsPath);
        var losses = history.Curve("train", "loss");
        var scenes = DataSets.Open(recipe.Data.Validation!, Split.Validation, options: recipe.Data.Options);
        return new(
            losses.TakeLast(3).Average(point => point.Value) / losses[0].Value,
            history.Curve("validation", MetricNames.AriForeground)[^1].Value,
            ConnectedComponents.AriForeground(scenes, recipe.Evaluation.Images));
    }
}
