namespace Scenograph.Experiments.Toy;

/// <summary>What a toy run measured.</summary>
/// <param name="Losses">Expected loss before each update, [R, steps] row by row.</param>
/// <param name="Variances">Variance of the gradient estimates after each update, summed over classes, [R, steps].</param>
/// <param name="Milliseconds">Time of each step of all repetitions together, without the measurements.</param>
/// <param name="Repetitions">R.</param>
public sealed record ToyCurves(float[] Losses, float[] Variances, float[] Milliseconds, int Repetitions)
{
    /// <summary>Optimiser steps.</summary>
    public int Steps => Milliseconds.Length;
}
