namespace Scenograph.Cli.Doctor;

/// <param name="Name">What was looked at.</param>
/// <param name="Health">How it is.</param>
/// <param name="Value">What was found, in words.</param>
/// <param name="Advice">What to do about it; null where nothing is to do.</param>
/// <param name="Facts">The same as numbers and texts for programs.</param>
internal sealed record Finding(string Name, Health Health, string Value, string? Advice = null, IReadOnlyDictionary<string, object?>? Facts = null);

/// <summary>How a thing is.</summary>
internal enum Health
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>It works, but could be better.</summary>
    Poor,

    /// <summary>Something needed is not there.</summary>
    Missing,
}
