using Scenograph.Data;
using Scenograph.Torch;

namespace Scenograph.Training.Recipes;

/// <summary>Reads recipes: YAML files that fully describe a run.</summary>
public static class RecipeReader
{
    /// <param name="path">The YAML file, at most 1 MB.</param>
    /// <param name="models">The models there are.</param>
    /// <param name="overrides"><c>key=value</c> texts of <c>--set</c>, e.g. <c>model.slots=5</c>; later ones win.</param>
    /// <exception cref="InputException">
    /// The file is missing or not YAML; a key is unknown, given twice or missing; a value has the wrong type or is out of range.
    /// </exception>
    public static Recipe Read(string path, IModelCatalogue models, IEnumerable<string>? overrides = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Parse(RecipeTree.ReadText(path), path, models, overrides);
    }

    /// <summary>Reads a recipe that stands in memory, e.g. in a checkpoint.</summary>
    /// <param name="text">The YAML text.</param>
    /// <param name="source">What complaints call it, e.g. its file name.</param>
    /// <param name="models">The models there are.</param>
    /// <param name="overrides"><c>key=value</c> texts, later ones win.</param>
    /// <exception cref="InputException">As <see cref="Read"/>.</exception>
    public static Recipe Parse(string text, string source, IModelCatalogue models, IEnumerable<string>? overrides = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(models);
        var root = RecipeTree.ReadFile(text, source);
        RecipeOverrides.Apply(root, overrides ?? []);
        return (Recipe)new OptionsBinder(models).Bind(root, typeof(Recipe), path: "", owner: "a recipe");
    }

    /// <summary>The options of one model without a recipe: its defaults changed by <c>key=value</c> texts, e.g. <c>slots=5</c>.</summary>
    /// <exception cref="InputException">There is no such model, or no such option.</exception>
    public static ModelRecipe Model(string modelName, IModelCatalogue models, IEnumerable<string>? overrides = null)
    {
        ArgumentNullException.ThrowIfNull(modelName);
        ArgumentNullException.ThrowIfNull(models);
        if (models.OptionsType(modelName) is not { } options)
        {
            throw new InputException($"there is no model {Spelling.Quote(modelName)}; {Spelling.Suggest(modelName, models.Names)}");
        }
        var root = new RecipeMapping(modelName);
        RecipeOverrides.Apply(root, overrides ?? []);
        // Both `slots=5` and the recipe's own `model.slots=5` are meant.
        if (root.Entries.Remove("model", out var section) && section.Value is RecipeMapping inner)
        {
            foreach (var (key, entry) in inner.Entries)
            {
                root.Entries[key] = entry;
            }
        }
        return new ModelRecipe(modelName, new OptionsBinder(models).Bind(root, options, path: "model", owner: modelName));
    }

    /// <summary>The options of data sets without a recipe: their defaults changed by <c>key=value</c> texts, e.g. <c>sprites.size=32</c>.</summary>
    /// <exception cref="InputException">There is no such option, or the value does not fit.</exception>
    public static DataSetOptions DataOptions(IEnumerable<string> overrides)
    {
        var root = new RecipeMapping("--set");
        RecipeOverrides.Apply(root, overrides);
        return (DataSetOptions)new OptionsBinder(new NoModels()).Bind(root, typeof(DataSetOptions), path: "", owner: "data sets");
    }

    private sealed class NoModels : IModelCatalogue
    {
        public IReadOnlyCollection<string> Names => [];

        public Type? OptionsType(string modelName) => null;
    }
}
