using Scenograph.Estimators;
using Scenograph.Models;
using Scenograph.Training.Recipes;

namespace Scenograph.Experiments.Discrete;

/// <summary>A training of an experiment, as tables and figures know it.</summary>
/// <param name="Key">Name of its folder and its raw results.</param>
/// <param name="Model">By its name in recipes.</param>
/// <param name="Estimator">Where the gradient of what is discrete comes from.</param>
/// <param name="Size">Clusters, or numbers of a code.</param>
/// <param name="Seed">Of everything random in it.</param>
/// <param name="Steps">Of the optimiser.</param>
internal sealed record RunName(string Key, string Model, EstimatorKind Estimator, int Size, long Seed, int Steps);

/// <summary>A training of an experiment with its recipe.</summary>
/// <param name="Name">As results know it.</param>
/// <param name="Recipe">What is trained.</param>
internal sealed record PlannedRun(RunName Name, Recipe Recipe)
{
    /// <summary>The run of a recipe, whose name becomes the key.</summary>
    public static PlannedRun Of(Recipe recipe, string dataSet)
    {
        var (size, estimator) = recipe.Model.Options switch
        {
            DVae.DVaeOptions options => (options.Size, options.Estimator.Kind),
            GlimpseModel.GlimpseOptions options => (options.Size, options.Estimator?.Kind ?? EstimatorKind.Nvil),
            var other => throw new ArgumentException($"an experiment cannot name runs of {other}", nameof(recipe)),
        };
        var (model, seed) = (recipe.Model.Name, recipe.Training.Seed);
        var name = new RunName($"{dataSet}_{model}_{size}_{ExperimentSettings.NameOf(estimator)}_{seed}", model, estimator, size, seed, recipe.Training.Steps);
        return new(name, recipe with { Name = name.Key });
    }
}
