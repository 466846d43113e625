using System.Globalization;
using Scenograph.Models;
using Scenograph.Training.Recipes;

namespace Scenograph.Cli;

/// <summary>The demo's recipe: recipes/slot-attention/demo.yaml, which travels inside the program.</summary>
internal static class DemoRecipe
{
    /// <param name="seed">Of scenes, weights and noise.</param>
    /// <param name="steps">Null: the recipe's own number.</param>
    public static Recipe Read(long seed, int? steps)
    {
        var text = seed.ToString(CultureInfo.InvariantCulture);
        return ShippedRecipes.Read("slot-attention", "demo", ModelCatalogue.Instance,
            CommonOptions.Overrides(null, ("training.seed", text), ("data.options.seed", seed & int.MaxValue), ("training.steps", steps)));
    }
}
