using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Scenograph.Training.Recipes;

/// <summary>Says in a user's words which rule a value breaks.</summary>
internal static class OptionRules
{
    /// <returns>What the value must be, e.g. <c>it must be from 1 to 64</c>; null where every rule holds.</returns>
    public static string? Complaint(object value, IEnumerable<ValidationAttribute> rules)
    {
        foreach (var rule in rules)
        {
            if (rule is RangeAttribute or AllowedValuesAttribute && Items(value) is { } items)
            {
                if (items.Select(item => Complaint(item!, [rule])).FirstOrDefault(complaint => complaint is not null) is { } broken)
                {
                    return broken.Replace("it must", "each must", StringComparison.Ordinal);
                }
            }
            else if (rule is RangeAttribute range ? !Contains(range, value) : !rule.IsValid(value))
            {
                return Describe(rule);
            }
        }
        return null;
    }

    // Not the attribute's own check: [Range(0, 1)] has whole limits, and it would round the value before it compares.
    private static bool Contains(RangeAttribute range, object value)
    {
        var number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        var low = Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture);
        var high = Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture);
        return (range.MinimumIsExclusive ? number > low : number >= low) && (range.MaximumIsExclusive ? number < high : number <= high);
    }

    private static IEnumerable<object?>? Items(object value) => value switch
    {
        Array array => array.Cast<object?>(),
        System.Runtime.CompilerServices.ITuple tuple => Enumerable.Range(0, tuple.Length).Select(i => tuple[i]),
        _ => null,
    };

    private static string Describe(ValidationAttribute rule) => rule switch
    {
        RangeAttribute range => "it must be " + Describe(range),
        AllowedValuesAttribute allowed => "it must be " + Alternatives(allowed.Values),
        { ErrorMessage: { } text } => "it " + text,
        _ => rule.FormatErrorMessage("it").TrimEnd('.'),
    };

    public static string Alternatives(IReadOnlyCollection<object?> values)
    {
        var texts = values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)).ToList();
        return texts.Count < 2 ? string.Concat(texts) : $"{string.Join(", ", texts[..^1])} or {texts[^1]}";
    }

    private static string Describe(RangeAttribute range)
    {
        // The largest numbers of a type stand for "no limit".
        var low = Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture) <= int.MinValue ? null : Text(range.Minimum);
        var high = Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture) >= int.MaxValue ? null : Text(range.Maximum);
        return (low, high, range.MinimumIsExclusive, range.MaximumIsExclusive) switch
        {
            (not null, null, false, _) => $"at least {low}",
            (not null, null, true, _) => $"above {low}",
            (null, not null, _, false) => $"at most {high}",
            (null, not null, _, true) => $"below {high}",
            (not null, not null, false, false) => $"from {low} to {high}",
            (not null, not null, false, true) => $"at least {low} and below {high}",
            (not null, not null, true, false) => $"above {low} and at most {high}",
            (not null, not null, true, true) => $"above {low} and below {high}",
            _ => "a number that fits",
        };
    }

    private static string? Text(object limit) => Convert.ToString(limit, CultureInfo.InvariantCulture);
}
