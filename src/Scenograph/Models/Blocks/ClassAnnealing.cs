using System.ComponentModel.DataAnnotations;
using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>
/// Ours: leads the training of a class past the local minima in which two classes share one kind of thing, or one has none; a section of a
/// model's options. Without it training is as published.
/// </summary>
public sealed record ClassAnnealing
{
    /// <summary>
    /// Weight of the class's divergence before the first step, from which it falls geometrically to 1. While it is large, things belong to all
    /// classes, which then part one after another; transforms are free all the while. Deterministic annealing (Rose 1998, "Deterministic annealing
    /// for clustering, compression, classification, regression, and related optimization problems"). 1: as published.
    /// </summary>
    [Range(1, 1e6)] public double Start { get; init; } = 1;

    /// <summary>Optimiser steps in which the weight falls.</summary>
    [Range(1, int.MaxValue)] public int Steps { get; init; } = 1000;

    /// <summary>
    /// Weight of N times the divergence of the mean class of the N things in a batch from the uniform prior, which keeps classes equally frequent.
    /// Equally frequent classes pay about (K − 1)/2 times this for the batch being a sample, whatever its size: 0.3 to 0.4 is enough, 3 kept
    /// classes from parting. 0: as published.
    /// </summary>
    [Range(0, 1e6)] public double Balance { get; init; }

    /// <summary>Whether anything is otherwise than published.</summary>
    internal bool IsUsed => Start > 1 || Balance > 0;

    /// <summary>Of the class's divergence.</summary>
    /// <param name="step">Optimiser steps done so far.</param>
    internal double Weight(long step) => Annealing.Geometric(step, Steps, Start, 1);

    /// <summary>The weighted divergence of the mean class, a scalar; null where it has no weight.</summary>
    /// <param name="logits">[N, K]</param>
    /// <param name="present">How much each counts, [N]; all alike if left out.</param>
    internal Tensor? Imbalance(Tensor logits, Tensor? present = null)
    {
        if (Balance == 0) return null;
        using var scope = TensorScope.Begin();
        var divergence = UniformDivergence.OfMean(logits, present);
        return scope.Keep(present is null ? divergence * (Balance * logits.Size(0)) : divergence * (present.Sum() * Balance));
    }
}
