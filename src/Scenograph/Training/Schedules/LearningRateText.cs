using Scenograph.Torch;
using Scenograph.Training.Recipes;

namespace Scenograph.Training.Schedules;

/// <summary>What a learning-rate text asks for: a function of the step, and, for <c>plateau</c>, a reaction to validation.</summary>
/// <param name="Schedule">Multiplier of the base rate.</param>
/// <param name="Plateau">Set where the rate is reduced on a plateau, else null.</param>
public sealed record LearningRatePlan(ILearningRateSchedule Schedule, PlateauOptions? Plateau);

/// <summary>
/// Reads <c>decay(W,D)</c>, <c>decay(W,D,r)</c>, <c>warm(W)</c>, <c>plateau</c> and ours, <c>cosine(W,D)</c> and <c>constant</c>.
/// The original takes any other text for a constant rate; here it is an error.
/// </summary>
public static class LearningRateText
{
    /// <param name="text">Null or blank is a constant rate.</param>
    /// <exception cref="InputException">The text is none of them, or a number is out of range.</exception>
    public static LearningRatePlan Parse(string? text)
    {
        var trimmed = text?.Trim() ?? "";
        return trimmed switch
        {
            "" or "constant" => new LearningRatePlan(new ConstantRate(), null),
            "plateau" => new LearningRatePlan(new ConstantRate(), new PlateauOptions()),
            _ => new LearningRatePlan(ParseFunction(trimmed), null),
        };
    }

    private static ILearningRateSchedule ParseFunction(string text)
    {
        var open = text.IndexOf('(', StringComparison.Ordinal);
        if (open < 0 || !text.EndsWith(')'))
        {
            throw Unknown(text);
        }

        var numbers = text[(open + 1)..^1].Split(',').Select(ScheduleNumber.TryParse).ToArray();
        if (numbers.Any(number => number is null || !double.IsFinite(number.Value.Value)))
        {
            throw Unknown(text);
        }

        return (text[..open], numbers.Select(number => number!.Value.Value).ToArray()) switch
        {
            ("warm", [>= 0 and var warmUp]) => new WarmUpRate(warmUp),
            ("decay", [>= 0 and var warmUp, > 0 and var steps]) => new DecayRate(warmUp, steps),
            ("decay", [>= 0 and var warmUp, > 0 and var steps, > 0 and var factor]) => new DecayRate(warmUp, steps, factor),
            ("cosine", [>= 0 and var warmUp, var steps]) when steps > warmUp => new CosineRate(warmUp, steps),
            _ => throw Unknown(text),
        };
    }

    private static InputException Unknown(string text) => new(
        $"Unknown learning-rate schedule: {Spelling.Quote(text)}; constant, plateau, warm(W), decay(W,D), decay(W,D,r) and cosine(W,D) are known, with W at least 0, D above 0 (cosine: above W) and r above 0.");
}
