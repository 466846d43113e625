using System.CommandLine;
using System.CommandLine.Parsing;

namespace Scenograph.Cli;

/// <summary>Options that mean the same wherever they appear.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Print the answer as JSON, for programs." };

    public static Option<bool> Quiet() => new("--quiet", "-q") { Description = "No progress display." };

    public static Option<string[]> Set() => new("--set")
    {
        Description = "Change one value of the recipe; may be given several times.",
        HelpName = "key=value",
        Arity = ArgumentArity.OneOrMore,
    };

    public static Option<long?> Seed(string meaning = "Seed of everything random.") => Number<long>("--seed", "n", meaning, least: 0);

    public static Option<int?> Steps() => Number<int>("--steps", "n", "Number of optimiser steps, in place of the recipe's.", least: 1);

    public static Option<string?> Device() => new("--device") { Description = "cpu, cuda or cuda:N, in place of the recipe's.", HelpName = "device" };

    public static Option<string?> Precision() => new("--precision") { Description = "float32 or bf16, in place of the recipe's.", HelpName = "format" };

    public static Option<string?> Out(string meaning) => new("--out", "-o") { Description = meaning, HelpName = "path" };

    /// <summary>A whole number that must be at least <paramref name="least"/>; null where it is not given.</summary>
    public static Option<T?> Number<T>(string name, string helpName, string description, T least)
        where T : struct, System.Numerics.IBinaryInteger<T>
    {
        return new Option<T?>(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = Parse,
        };

        T? Parse(ArgumentResult result)
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (T.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number) && number >= least)
            {
                return number;
            }
            result.AddError($"{name} is '{text}'; a whole number of at least {least} is expected");
            return null;
        }
    }

    /// <summary>What <c>--set</c> and the options that stand for a value of the recipe change, in <c>key=value</c> form.</summary>
    public static IReadOnlyList<string> Overrides(IEnumerable<string>? set, params (string Key, object? Value)[] values) =>
    [
        .. set ?? [],
        .. values.Where(pair => pair.Value is not null).Select(pair => FormattableString.Invariant($"{pair.Key}={pair.Value}")),
    ];
}
