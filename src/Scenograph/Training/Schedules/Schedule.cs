using Scenograph.Torch;

namespace Scenograph.Training.Schedules;

/// <summary>
/// A value as a function of the step, written as text: <c>0.15</c>, <c>(1,2)</c>, <c>set(bernoulli)</c>,
/// <c>lin(10000,1e-4,.99)</c>, <c>to(0.5:lin(0.5,0,1):1)</c>, each of the last two also with <c>itr_</c> in front. This is the
/// schedule language of the ClevrTex experiments (Karazija et al., NeurIPS 2021 D&amp;B, arXiv 2111.10265).
/// </summary>
public abstract record Schedule
{
    /// <summary>T at which the initial value of an attribute is taken.</summary>
    private const long TotalForInitial = 100_000_000;

    private protected Schedule() { }

    /// <summary>Whether the value is updated at every step (<c>itr_</c> in front) instead of every epoch.</summary>
    public virtual bool IsPerIteration => false;

    /// <summary>The value before the first step, for a constructor argument. Null: no value.</summary>
    public ScheduleValue? Initial => ValueAt(0, TotalForInitial);

    /// <summary>Reads a schedule.</summary>
    /// <exception cref="InputException">The text is no schedule.</exception>
    public static Schedule Parse(string text) => ScheduleParser.Parse(text);

    /// <param name="step">t, at least 0: optimiser steps or epochs done.</param>
    /// <param name="total">T, all steps or epochs of the run; durations with a point are fractions of it.</param>
    /// <returns>Null means: leave the attribute alone.</returns>
    /// <exception cref="InputException">A ramp's fraction of T is less than one step.</exception>
    public abstract ScheduleValue? ValueAt(long step, long total);
}

/// <summary>The same number or tuple at every step.</summary>
public sealed record ConstantSchedule(ScheduleValue Value) : Schedule
{
    /// <inheritdoc/>
    public override ScheduleValue ValueAt(long step, long total) => Value;

    /// <inheritdoc/>
    public override string ToString() => $"const({Value})";
}

/// <summary>The same text at every step.</summary>
public sealed record TextSchedule(string Text) : Schedule
{
    /// <inheritdoc/>
    public override ScheduleValue ValueAt(long step, long total) => new ScheduleValue.Text(Text);

    /// <inheritdoc/>
    public override string ToString() => $"set({Text})";
}

/// <summary>n points from start to stop, both included, then stop for ever: stop is reached at step n − 1, not n.</summary>
public sealed record LinearSchedule(Duration Duration, double Start, double Stop) : Schedule
{
    /// <inheritdoc/>
    public override ScheduleValue ValueAt(long step, long total) => new ScheduleValue.Scalar(new ScheduleNumber(NumberAt(step, total), false));

    /// <inheritdoc/>
    public override string ToString() =>
        $"lin({Duration}, {ScheduleNumber.PrintFloat(Start)}, {ScheduleNumber.PrintFloat(Stop)})";

    private double NumberAt(long step, long total)
    {
        if (!Duration.IsPositive)
        {
            return Start;
        }

        var points = Duration.Steps(total);
        if (points <= 0)
        {
            throw new InputException($"Schedule {this} lasts {Duration} of {total} steps, which is less than one; give a number of steps or a larger fraction.");
        }

        var index = Math.Min(step, points - 1);
        return points == 1 ? Start
            : index == points - 1 ? Stop
            : Start + index * ((Stop - Start) / (points - 1));
    }
}

/// <summary>One schedule up to and including step D, then another whose time starts at D.</summary>
public sealed record SwitchSchedule(Duration Duration, Schedule First, Schedule Then) : Schedule
{
    /// <inheritdoc/>
    public override ScheduleValue? ValueAt(long step, long total)
    {
        if (!Duration.IsPositive)
        {
            return null;
        }

        var boundary = Duration.Steps(total);
        return step <= boundary ? First.ValueAt(step, boundary) : Then.ValueAt(step - boundary, total - boundary);
    }

    /// <inheritdoc/>
    public override string ToString() => $"switch({Duration}, {First} {Then})";
}

/// <summary>A ramp or a switch that is updated at every step instead of every epoch.</summary>
public sealed record IterationSchedule(Schedule Inner) : Schedule
{
    /// <inheritdoc/>
    public override bool IsPerIteration => true;

    /// <inheritdoc/>
    public override ScheduleValue? ValueAt(long step, long total) => Inner.ValueAt(step, total);

    /// <inheritdoc/>
    public override string ToString() => $"itr_{Inner}";
}
