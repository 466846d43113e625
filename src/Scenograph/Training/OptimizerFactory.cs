using Scenograph.Models;
using Scenograph.Torch;
using Scenograph.Training.Recipes;

namespace Scenograph.Training;

/// <summary>The optimiser that a recipe names, on the groups of a model's parameters.</summary>
internal static class OptimizerFactory
{
    public static Optimizer Create(OptimiserRecipe recipe, Model model)
    {
        var groups = model.ParameterGroups();
        var forgotten = model.NamedParameters().Select(p => p.Name).Except(groups.SelectMany(group => group.Parameters.Select(p => p.Name)), StringComparer.Ordinal).FirstOrDefault();
        if (forgotten is not null) throw new InvalidOperationException($"{model.Name}: parameter {forgotten} is in no group");
        return recipe.Name switch
        {
            "adam" => new Adam(groups, recipe.LearningRate, new(recipe.Betas.First, recipe.Betas.Second, recipe.Epsilon, recipe.WeightDecay)),
            "adamw" => new AdamW(groups, recipe.LearningRate, new(recipe.Betas.First, recipe.Betas.Second, recipe.Epsilon, recipe.WeightDecay)),
            "rmsprop" => new RMSprop(groups, recipe.LearningRate, new(Epsilon: recipe.Epsilon, WeightDecay: recipe.WeightDecay)),
            "sgd" => new SGD(groups, recipe.LearningRate, new(WeightDecay: recipe.WeightDecay)),
            var name => throw new InputException($"training.optimiser.name is '{name}'; use adam, adamw, rmsprop or sgd"),
        };
    }
}
