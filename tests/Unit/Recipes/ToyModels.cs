using System.ComponentModel.DataAnnotations;
using Scenograph.Training.Recipes;

namespace Scenograph.Tests.Unit.Recipes;

/// <summary>A catalogue with one model that has an option of every kind.</summary>
internal sealed class ToyModels : IModelCatalogue
{
    public IReadOnlyCollection<string> Names { get; } = ["slot-attention", "monet"];

    public Type? OptionsType(string modelName) => modelName switch
    {
        "slot-attention" => typeof(ToyOptions),
        "monet" => typeof(EmptyOptions),
        _ => null,
    };
}

internal enum ToyKind
{
    Plain,
    TwoWords,
}

internal sealed record EmptyOptions;

internal sealed record ToyEncoder([Range(1, 1024)] int Channels = 64, bool Residual = false);

internal sealed record ToyOptions(
    [Range(1, 64)] int Slots = 7,
    [Range(0, 1, MinimumIsExclusive = true)] double Epsilon = 1e-8,
    float Scale = 0.1f,
    long Big = 1,
    string Note = "",
    string? Label = null,
    int? Limit = null,
    ToyKind Kind = ToyKind.Plain,
    ToyEncoder? Encoder = null)
{
    [Range(1, 512)]
    public int[] Widths { get; init; } = [64, 64];

    public IReadOnlyList<string> Names { get; init; } = [];

    public (int Height, int Width) Size { get; init; } = (128, 128);
}
