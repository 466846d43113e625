namespace Scenograph.Torch;

/// <summary>Options of <see cref="Adam"/> and <see cref="AdamW"/>.</summary>
/// <param name="Beta1">Decay of the mean gradient, from 0 to below 1.</param>
/// <param name="Beta2">Decay of the mean squared gradient, from 0 to below 1.</param>
/// <param name="Epsilon">Added to the root of the mean square, at least 0.</param>
/// <param name="WeightDecay">At least 0; null for the optimiser's default, 0 for Adam and 0.01 for AdamW.</param>
/// <param name="AmsGrad">Divide by the largest mean square so far (Reddi et al. 2018).</param>
public sealed record AdamOptions(double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double? WeightDecay = null, bool AmsGrad = false);
