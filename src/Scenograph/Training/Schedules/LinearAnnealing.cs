namespace Scenograph.Training.Schedules;

/// <summary>
/// Linear annealing of SPACE (Lin et al., ICLR 2020, arXiv 2001.02407) as a function of the global step: the first value up to
/// the start step, the last value from the end step on. Unlike <c>lin</c> it starts late and is exact at the end step itself.
/// </summary>
/// <param name="StartStep">t0.</param>
/// <param name="EndStep">t1, at least t0.</param>
/// <param name="StartValue">v0.</param>
/// <param name="EndValue">v1.</param>
public sealed record LinearAnnealing(long StartStep, long EndStep, double StartValue, double EndValue)
{
    /// <summary>The value at a step, rounded to float32.</summary>
    public float ValueAt(long step) =>
        step <= StartStep ? (float)StartValue
        : step >= EndStep ? (float)EndValue
        : (float)(StartValue + (EndValue - StartValue) / (EndStep - StartStep) * (step - StartStep));
}
