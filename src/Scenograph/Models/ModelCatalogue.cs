using Scenograph.Torch;
using Scenograph.Training.Recipes;

namespace Scenograph.Models;

/// <summary>All models by the names recipes call them. Adding a model is adding its file and a line here.</summary>
public sealed class ModelCatalogue : IModelCatalogue
{
    private sealed record Entry(string Name, Type OptionsType, Func<object, Generator, Model> Create);

    private static readonly Entry[] Entries =
    [
        Of<Air.Options>("air", (options, random) => new Air(options, random)),
        Of<DVae.Options>("d-vae", (options, random) => new DVae(options, random)),
        Of<DVae.StOptions>("d-vae-st", (options, random) => new DVae(options, random)),
        Of<Dair.Options>("dair", (options, random) => new Dair(options, random)),
        Of<EfficientMorl.Options>("efficient-morl", (options, random) => new EfficientMorl(options, random)),
        Of<GenesisV2.Options>("genesis-v2", (options, random) => new GenesisV2(options, random)),
        Of<Iodine.Options>("iodine", (options, random) => new Iodine(options, random)),
        Of<MnistVae.Options>("mnist-vae", (options, random) => new MnistVae(options, random)),
        Of<MONet.Options>("monet", (options, random) => new MONet(options, random)),
        Of<SlotAttentionAutoEncoder.Options>("slot-attention", (options, random) => new SlotAttentionAutoEncoder(options, random)),
        Of<Vae.Options>("vae", (options, random) => new Vae(options, random)),
        Of<Vae.StOptions>("vae-st", (options, random) => new Vae(options, random)),
    ];

    /// <summary>The catalogue; it has no state.</summary>
    public static ModelCatalogue Instance { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => [.. Entries.Select(entry => entry.Name)];

    /// <inheritdoc/>
    public Type? OptionsType(string modelName) => Entries.FirstOrDefault(entry => entry.Name == modelName)?.OptionsType;

    /// <summary>Builds the model of a recipe.</summary>
    /// <param name="recipe">Name and options.</param>
    /// <param name="random">Source of the starting weights.</param>
    public static Model Create(ModelRecipe recipe, Generator random) => Entries.First(entry => entry.Name == recipe.Name).Create(recipe.Options, random);

    private static Entry Of<TOptions>(string name, Func<TOptions, Generator, Model> create) =>
        new(name, typeof(TOptions), (options, random) => create((TOptions)options, random));
}
