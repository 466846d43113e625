namespace Scenograph.Experiments.Discrete;

/// <summary>Further options of the experiments with D-VAE and D-VAE-ST.</summary>
/// <param name="Recipe">Train by this recipe's file in place of the published one; of the experiment's model and data set.</param>
/// <param name="Quirks">Leave the original's quirks in, as the recipe has them; false: take them back.</param>
public sealed record DVaeOptions(string? Recipe = null, bool Quirks = true);
