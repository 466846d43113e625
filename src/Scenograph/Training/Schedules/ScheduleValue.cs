namespace Scenograph.Training.Schedules;

/// <summary>What a schedule gives at a step: a number, a tuple of numbers or a text.</summary>
public abstract record ScheduleValue
{
    private protected ScheduleValue() { }

    /// <summary>A number, which remembers whether it was written as an integer.</summary>
    public sealed record Scalar(ScheduleNumber Number) : ScheduleValue
    {
        /// <inheritdoc/>
        public override string ToString() => Number.ToString();
    }

    /// <summary>Numbers in parentheses.</summary>
    public sealed record Tuple(IReadOnlyList<ScheduleNumber> Numbers) : ScheduleValue
    {
        /// <summary>By the numbers.</summary>
        public bool Equals(Tuple? other) => other is not null && Numbers.SequenceEqual(other.Numbers);

        /// <inheritdoc/>
        public override int GetHashCode() => Numbers.Aggregate(0, HashCode.Combine);

        /// <inheritdoc/>
        public override string ToString() => Numbers.Count == 1 ? $"({Numbers[0]},)" : $"({string.Join(", ", Numbers)})";
    }

    /// <summary>A text, such as the name of a distribution.</summary>
    public sealed record Text(string Content) : ScheduleValue
    {
        /// <inheritdoc/>
        public override string ToString() => Content;
    }
}
