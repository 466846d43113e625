namespace Scenograph.Training.Recipes;

/// <summary>Recipes that travel inside the program: those under <c>recipes/</c> that the demo and the experiments train by.</summary>
public static class ShippedRecipes
{
    /// <summary>Reads <c>recipes/MODEL/NAME.yaml</c>.</summary>
    /// <param name="model">Folder, e.g. <c>d-vae</c>.</param>
    /// <param name="name">File without its ending, e.g. <c>full-mnist</c>.</param>
    /// <param name="models">The models there are.</param>
    /// <param name="overrides"><c>key=value</c> texts, later ones win.</param>
    /// <exception cref="Torch.InputException">An override does not fit.</exception>
    public static Recipe Read(string model, string name, IModelCatalogue models, IEnumerable<string>? overrides = null)
    {
        var path = $"recipes/{model}/{name}.yaml";
        using var stream = typeof(ShippedRecipes).Assembly.GetManifestResourceStream(path)
            ?? throw new ArgumentException($"{path} does not travel inside the program", nameof(name));
        using var reader = new StreamReader(stream);
        return RecipeReader.Parse(reader.ReadToEnd(), path, models, overrides);
    }
}
