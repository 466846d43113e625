namespace Scenograph.Training.Schedules;

/// <summary>How long a part of a schedule lasts: an integer is a number of steps, a number with a point or an exponent a fraction of the total.</summary>
public readonly record struct Duration(ScheduleNumber Number)
{
    /// <summary>Whether the number itself is positive; its steps may still be 0 for a small fraction of few steps.</summary>
    public bool IsPositive => Number.Value > 0;

    /// <summary>The steps it stands for: the integer itself, or floor(fraction · total).</summary>
    /// <param name="total">T, all steps of the run or of the part that holds this schedule.</param>
    public long Steps(long total) => (long)Math.Clamp(Number.IsInteger ? Number.Value : Math.Floor(Number.Value * total), long.MinValue / 4, long.MaxValue / 4);

    /// <inheritdoc/>
    public override string ToString() => Number.ToString();
}
