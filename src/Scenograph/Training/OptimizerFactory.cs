using Scenograph.Torch;
using Scenograph.Training.Recipes;

namespace Scenograph.Training;

/// <summary>The optimiser that a recipe names.</summary>
internal static class OptimizerFactory
{
    public static Optimizer Create(OptimiserRecipe recipe, Module module) => recipe.Name switch
    {
        "adam" => new Adam(module, recipe.LearningRate, new(recipe.Betas.First, recipe.Betas.Second, recipe.Epsilon, recipe.WeightDecay)),
        "adamw" => new AdamW(module, recipe.LearningRate, new(recipe.Betas.First, recipe.Betas.Second, recipe.Epsilon, recipe.WeightDecay)),
        "rmsprop" => new RMSprop(module, recipe.LearningRate, new(Epsilon: recipe.Epsilon, WeightDecay: recipe.WeightDecay)),
        "sgd" => new SGD(module, recipe.LearningRate, new(WeightDecay: recipe.WeightDecay)),
        var name => throw new InputException($"training.optimiser.name is '{name}'; use adam, adamw, rmsprop or sgd"),
    };
}
