namespace Scenograph.Models.Blocks;

/// <summary>Numbers of an objective that change while training goes on.</summary>
public static class Annealing
{
    /// <summary>From start to end by the same factor every step, the end from then on.</summary>
    /// <param name="step">Optimiser steps done so far.</param>
    /// <param name="steps">How many it takes, at least 1.</param>
    /// <param name="start">Above 0.</param>
    /// <param name="end">Above 0.</param>
    public static double Geometric(long step, int steps, double start, double end) => step >= steps ? end : start * Math.Pow(end / start, (double)step / steps);
}
