using System.Text.Json;
using System.Text.RegularExpressions;

namespace Scenograph.Tests.Golden.Harness;

/// <summary>The value of every state-dict entry of a case: the fill of its name, then the case's adjustments (README, section 3).</summary>
public sealed class WeightRules(WeightSection section, long seed)
{
    /// <summary>Whether the case gives weights at all.</summary>
    public bool Exist => section.Rule != "none";

    /// <summary>Whether the entry keeps what the constructor put there.</summary>
    public bool IsKept(string name) => section.Kept.Any(pattern => Matches(name, pattern));

    /// <summary>The name under which an entry is filled.</summary>
    public string FillName(string name)
    {
        if (section.FillNames.TryGetValue(name, out var fillName))
        {
            return fillName;
        }

        foreach (var alias in section.Aliases)
        {
            var prefix = Regex.Match(name, "^" + Regex.Escape(alias[0]).Replace("\\*", "[0-9]+", StringComparison.Ordinal));
            if (prefix.Success)
            {
                return alias[1] + name[prefix.Length..];
            }
        }

        var module = section.Modules
            .Where(module => name.StartsWith(module.Prefix, StringComparison.Ordinal))
            .MaxBy(module => module.Prefix.Length);
        return module is null ? name : module.FillPrefix + name[module.Prefix.Length..];
    }

    /// <summary>The value of one entry, rounded to float32; null where it keeps the constructor's value.</summary>
    /// <param name="name">As in the original's state dict.</param>
    /// <param name="shape">Of the entry.</param>
    /// <param name="constructorValue">What the constructor put there; needed only where the case adjusts a kept entry by arithmetic.</param>
    /// <exception cref="FormatException">The case's json asks for what does not fit.</exception>
    public HostArray? Value(string name, int[] shape, HostArray? constructorValue = null)
    {
        if (!Exist)
        {
            return null;
        }

        var kept = IsKept(name);
        var names = AllNames(name);
        // A kept entry is adjusted only where it is named outright.
        var adjustments = section.Adjust.Where(adjust => Applies(adjust, names, shape.Length, exactOnly: kept)).ToArray();
        if (kept && adjustments.Length == 0)
        {
            return null;
        }

        var value = kept ? constructorValue ?? HostArray.Full(double.NaN, shape) : Fill.Parameter(FillName(name), shape, seed);
        foreach (var adjust in adjustments)
        {
            value = Adjusted(value, adjust, name, constructorValue);
        }

        return kept && constructorValue is null && value.Values.Any(double.IsNaN)
            ? throw new FormatException($"weights: {name} is kept and adjusted, so its constructor value is needed")
            : value;
    }

    /// <summary>Whether a name is the pattern, where <c>*</c> is any run of characters.</summary>
    public static bool Matches(string name, string pattern)
    {
        var (n, p, star, resume) = (0, 0, -1, 0);
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, resume) = (p++, n);
            }
            else if (p < pattern.Length && pattern[p] == name[n])
            {
                (n, p) = (n + 1, p + 1);
            }
            else if (star >= 0)
            {
                (p, n) = (star + 1, ++resume);
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).Trim('*').IsEmpty;
    }

    /// <summary>A tensor with two names is adjusted once, whichever of them the rule uses.</summary>
    private List<string> AllNames(string name)
    {
        var names = new List<string> { name };
        if (section.Modules.Count == 0)
        {
            names.Add(FillName(name));
            names.AddRange(section.FillNames.Where(pair => pair.Value == name).Select(pair => pair.Key));
        }

        return names;
    }

    private static bool Applies(AdjustSection adjust, List<string> names, int rank, bool exactOnly) =>
        (adjust.Rank is null || adjust.Rank == rank)
        && (adjust.MinRank is null || rank >= adjust.MinRank)
        && names.Any(name => adjust.Names.Any(pattern => exactOnly ? name == pattern : Matches(name, pattern)))
        && !names.Any(name => adjust.Except.Any(pattern => Matches(name, pattern)));

    private HostArray Adjusted(HostArray value, AdjustSection adjust, string name, HostArray? constructorValue)
    {
        var rows = adjust.Slice is [var from, var to] ? (From: from, To: to) : (From: 0, To: value.Shape.Length == 0 ? 0 : value.Shape[0]);
        int[] part = value.Shape.Length == 0 ? [] : [rows.To - rows.From, .. value.Shape[1..]];
        var operand = Operand(adjust, name, part, constructorValue);
        var start = value.Shape.Length == 0 ? 0 : rows.From * (value.Count / Math.Max(1, value.Shape[0]));
        var result = (double[])value.Values.Clone();
        for (var i = 0; i < operand.Count; i++)
        {
            // Arithmetic of float32 tensors: both sides are float32, so the rounded float64 result is the float32 result.
            var (old, change) = (result[start + i], (float)operand.Values[i]);
            result[start + i] = adjust.Op switch
            {
                "multiply" => (float)(old * change),
                "add" or "add_constructor" => (float)(old + change),
                "set" => change,
                _ => throw new FormatException($"weights: '{adjust.Op}' is no adjustment; multiply, add, set and add_constructor are"),
            };
        }

        return new HostArray(result, value.Shape);
    }

    private HostArray Operand(AdjustSection adjust, string name, int[] shape, HostArray? constructorValue)
    {
        if (adjust.Rule is { } rule)
        {
            var scope = new RuleScope(shape, symbol => symbol == "u" ? Fill.Uniform("input:" + name, shape, seed) : null);
            return RuleExpression.Parse(rule).EvaluateToShape(scope);
        }

        if (adjust.Op == "add_constructor" && constructorValue is not null && adjust.Slice is null)
        {
            return constructorValue;
        }

        var value = JsonArrays.Read(adjust.Value ?? throw new FormatException($"weights: the adjustment of {name} has no value"));
        return ArrayFunctions.BroadcastTo(value, shape) ?? throw new FormatException(
            $"weights: the adjustment of {name} has shape {HostArray.Describe(value.Shape)} instead of {HostArray.Describe(shape)}");
    }
}
