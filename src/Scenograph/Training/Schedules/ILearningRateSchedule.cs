namespace Scenograph.Training.Schedules;

/// <summary>A multiplier of the base learning rate as a pure function of the step.</summary>
public interface ILearningRateSchedule
{
    /// <param name="step">k, scheduler steps done: 0 for the first update.</param>
    /// <returns>At least 0.</returns>
    double Multiplier(long step);
}

/// <summary>The base rate throughout.</summary>
public sealed record ConstantRate : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Multiplier(long step) => 1;

    /// <inheritdoc/>
    public override string ToString() => "constant";
}

/// <summary><c>warm(W)</c>: k/W for k &lt; W, then 1. The first update does nothing.</summary>
/// <param name="Steps">W, at least 0.</param>
public sealed record WarmUpRate(double Steps) : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Multiplier(long step) => step < Steps ? step / Steps : 1;

    /// <inheritdoc/>
    public override string ToString() => $"warm({new ScheduleNumber(Steps, Steps == Math.Floor(Steps))})";
}

/// <summary><c>decay(W,D,r)</c>: w(k)·r^(k/D) with the warm-up w of <c>warm(W)</c>. The decay runs during the warm-up too.</summary>
/// <param name="WarmUp">W, at least 0.</param>
/// <param name="Steps">D, above 0: steps in which the rate falls by the factor.</param>
/// <param name="Factor">r, above 0.</param>
public sealed record DecayRate(double WarmUp, double Steps, double Factor = 0.5) : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Multiplier(long step) => (step < WarmUp ? step / WarmUp : 1) * Math.Pow(Factor, step / Steps);

    /// <inheritdoc/>
    public override string ToString() =>
        $"decay({new ScheduleNumber(WarmUp, WarmUp == Math.Floor(WarmUp))},{new ScheduleNumber(Steps, Steps == Math.Floor(Steps))},{ScheduleNumber.PrintFloat(Factor)})";
}

/// <summary><c>cosine(W,D)</c>: <c>warm(W)</c>, then half a cosine down to 0 at step D. Ours; the original's language does not have it.</summary>
/// <param name="WarmUp">W, at least 0.</param>
/// <param name="Steps">D, above W: the step from which the rate is 0.</param>
public sealed record CosineRate(double WarmUp, double Steps) : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Multiplier(long step) =>
        step < WarmUp ? step / WarmUp
        : step >= Steps ? 0
        : 0.5 * (1 + Math.Cos(Math.PI * (step - WarmUp) / (Steps - WarmUp)));

    /// <inheritdoc/>
    public override string ToString() =>
        $"cosine({new ScheduleNumber(WarmUp, WarmUp == Math.Floor(WarmUp))},{new ScheduleNumber(Steps, Steps == Math.Floor(Steps))})";
}
