using Scenograph.Data;
using Scenograph.Data.Loading;
using Scenograph.Models;
using Scenograph.Torch;
using Scenograph.Training.Recipes;

namespace Scenograph.Training;

/// <summary>Opens the data sets of a recipe and checks that the model can take them.</summary>
public static class TrainingData
{
    /// <summary>Opens one part of a recipe's data.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="spec">The data spec.</param>
    /// <param name="split">Which part of it.</param>
    /// <exception cref="InputException">The spec is wrong, or the data are not here.</exception>
    public static IDataSet Open(Recipe recipe, string spec, Split split)
    {
        var data = DataSets.Open(spec, split, DataRoots.Default(recipe.Data.Root), recipe.Data.Options);
        return recipe.Data.Cache ? new CachedDataSet(data) : data;
    }

    /// <summary>What a trained model is measured on: the recipe's test scenes, else its validation scenes; null where it names neither.</summary>
    /// <exception cref="InputException">The spec is wrong, or the data are not here.</exception>
    public static IDataSet? OpenMeasured(Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        return recipe.Data.Test is { } test ? Open(recipe, test, Split.Test)
            : recipe.Data.Validation is { } validation ? Open(recipe, validation, Split.Validation)
            : null;
    }

    /// <exception cref="InputException">The images have another size than the model's.</exception>
    public static void CheckSize(Model model, IDataSet data, string spec)
    {
        if (model is not DecompositionModel { ImageSize: var (channels, height, width) }) return;
        if ((data.Channels, data.Height, data.Width) == (channels, height, width)) return;
        throw new InputException($"data '{spec}' has images of {data.Channels}x{data.Height}x{data.Width}, the model takes {channels}x{height}x{width}; "
            + $"set model.channels={data.Channels} model.height={data.Height} model.width={data.Width}, or give the spec a size, e.g. -({height},{width})");
    }
}
