using Scenograph.Torch;
using Scenograph.Training.Recipes;

namespace Scenograph.Training.Schedules;

/// <summary>
/// Reads the schedule language. As the original: a missing last parenthesis is forgiven, a switch is split at every colon, so
/// switches do not nest. Unlike the original, which strips characters: the text of <c>set(..)</c> is kept whole, surplus
/// parentheses and ends that are not finite are refused.
/// </summary>
internal static class ScheduleParser
{
    private const string IterationPrefix = "itr_";

    public static Schedule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        if (!trimmed.StartsWith(IterationPrefix, StringComparison.Ordinal))
        {
            return ParsePlain(trimmed) ?? throw Unknown(text);
        }

        return ParsePlain(trimmed[IterationPrefix.Length..].Trim()) switch
        {
            null => throw Unknown(text),
            ConstantSchedule or TextSchedule => throw new InputException(
                $"Schedule {Spelling.Quote(trimmed)}: a constant needs no itr_ in front."),
            var inner => new IterationSchedule(inner),
        };
    }

    private static Schedule? ParsePlain(string text) =>
        Body(text, "lin", "linspace") is { } ramp ? ParseLinear(ramp)
        : Body(text, "to", "switch") is { } parts ? ParseSwitch(parts)
        : Body(text, "set") is { } content ? new TextSchedule(content.Trim())
        : ParseConstant(text);

    private static LinearSchedule? ParseLinear(string body)
    {
        var parts = body.Split(',');
        return parts.Length == 3
            && ParseDuration(parts[0]) is { } duration
            && ScheduleNumber.TryParse(parts[1]) is { } start && double.IsFinite(start.Value)
            && ScheduleNumber.TryParse(parts[2]) is { } stop && double.IsFinite(stop.Value)
            ? new LinearSchedule(duration, start.Value, stop.Value)
            : null;
    }

    private static SwitchSchedule? ParseSwitch(string body)
    {
        var parts = body.Split(':');
        return parts.Length == 3 && ParseDuration(parts[0]) is { } duration && ParsePart(parts[1]) is { } first && ParsePart(parts[2]) is { } then
            ? new SwitchSchedule(duration, first, then)
            : null;
    }

    /// <summary>A part of a switch may carry the prefix; only the outermost one decides how often the value is updated.</summary>
    private static Schedule? ParsePart(string text)
    {
        var trimmed = text.Trim();
        if (!trimmed.StartsWith(IterationPrefix, StringComparison.Ordinal))
        {
            return ParsePlain(trimmed);
        }

        return ParsePlain(trimmed[IterationPrefix.Length..].Trim()) is LinearSchedule inner ? new IterationSchedule(inner) : null;
    }

    private static ConstantSchedule? ParseConstant(string text)
    {
        if (ScheduleNumber.TryParse(text) is { } number)
        {
            return new ConstantSchedule(new ScheduleValue.Scalar(number));
        }

        if (!text.StartsWith('(') || !text.EndsWith(')'))
        {
            return null;
        }

        var numbers = text[1..^1].Split(',').Select(ScheduleNumber.TryParse).ToArray();
        return numbers.All(item => item is not null)
            ? new ConstantSchedule(new ScheduleValue.Tuple([.. numbers.Select(item => item!.Value)]))
            : null;
    }

    private static Duration? ParseDuration(string text) =>
        ScheduleNumber.TryParse(text) is { } number && double.IsFinite(number.Value) ? new Duration(number) : null;

    /// <summary>What stands between a word's parentheses, or null where the text does not begin with one of the words.</summary>
    private static string? Body(string text, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (text.StartsWith(word, StringComparison.Ordinal) && text.AsSpan(word.Length).StartsWith("("))
            {
                return text.EndsWith(')') ? text[(word.Length + 1)..^1] : text[(word.Length + 1)..];
            }
        }

        return null;
    }

    private static InputException Unknown(string text) => new(
        $"Unknown schedule: {Spelling.Quote(text)}; a number, (a,b), set(text), lin(steps,start,stop) or to(steps:first:then) is one, the last two also with itr_ in front.");
}
