namespace Scenograph.Experiments.Discrete;

/// <summary>Further options of the experiment with AIR and DAIR.</summary>
/// <param name="Models">Which are trained.</param>
/// <param name="AirRecipe">Train AIR by this recipe's file in place of the published one; of the same data set.</param>
/// <param name="DairRecipe">Likewise DAIR.</param>
/// <param name="Quirks">Leave the original's quirks in, as the recipes have them; false: take them back.</param>
public sealed record AirVsDairOptions(AirVsDairModels Models = AirVsDairModels.Both, string? AirRecipe = null, string? DairRecipe = null, bool Quirks = true);

/// <summary>Models of the experiment with AIR and DAIR.</summary>
public enum AirVsDairModels
{
    /// <summary>AIR and DAIR, as published.</summary>
    Both,

    /// <summary>AIR alone.</summary>
    Air,

    /// <summary>DAIR alone.</summary>
    Dair,
}
