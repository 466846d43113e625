using System;
using System.Collections.Generic;

namespace Scenograph.Torch.Generator;

/// <summary>One line of ops.txt, taken apart: <c>aten::name.overload(type argument=default, ...) -> results</c>.</summary>
internal sealed class Schema
{
    public string Text = "";
    public string Name = "";
    public string Overload = "";
    public List<Argument> Arguments = new List<Argument>();
    public List<string> Results = new List<string>();
    public List<string> ResultNames = new List<string>();

    public bool IsMethod => Arguments.Count > 0 && Arguments[0].Name == "self" && Arguments[0].Type == "Tensor";
    public bool IsInPlace => Name.EndsWith("_", StringComparison.Ordinal) && IsMethod;

    public static Schema Parse(string line)
    {
        var open = line.IndexOf('(');
        var arrow = line.LastIndexOf(") -> ", StringComparison.Ordinal);
        if (open < 0 || arrow < open) throw new FormatException("a schema reads aten::name(type argument, ...) -> type");
        var full = line.Substring(0, open).Trim();
        var dot = full.IndexOf('.');
        var schema = new Schema
        {
            Text = line,
            Name = dot < 0 ? full : full.Substring(0, dot),
            Overload = dot < 0 ? "" : full.Substring(dot + 1),
        };
        foreach (var part in Split(line.Substring(open + 1, arrow - open - 1)))
        {
            if (part == "*") continue; // keyword-only from here on: C# names arguments anyway
            schema.Arguments.Add(Argument.Parse(part));
        }
        var results = line.Substring(arrow + 5).Trim();
        if (results.StartsWith("(", StringComparison.Ordinal)) results = results.Substring(1, results.Length - 2);
        foreach (var part in Split(results))
        {
            var type = Argument.WithoutAlias(part);
            var space = type.IndexOf(' ');
            schema.Results.Add(space < 0 ? type : type.Substring(0, space));
            schema.ResultNames.Add(space < 0 ? "" : type.Substring(space + 1));
        }
        return schema;
    }

    /// <summary>Splits at the commas that stand in no bracket.</summary>
    private static IEnumerable<string> Split(string text)
    {
        var depth = 0;
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '(' || text[i] == '[') depth++;
            else if (text[i] == ')' || text[i] == ']') depth--;
            else if (text[i] == ',' && depth == 0)
            {
                yield return text.Substring(start, i - start).Trim();
                start = i + 1;
            }
        }
        var last = text.Substring(start).Trim();
        if (last.Length > 0) yield return last;
    }
}

/// <summary>One argument: its type without aliasing marks, its name, its default or null.</summary>
internal sealed class Argument
{
    public string Type = "";
    public string Name = "";
    public string? Default;

    /// <summary>The fixed length of a list such as <c>int[2]</c>, to which one number is repeated; 0 where the length is free.</summary>
    public int ListLength;

    public static Argument Parse(string text)
    {
        var clean = WithoutAlias(text);
        string? value = null;
        var equals = clean.IndexOf('=');
        if (equals >= 0)
        {
            value = clean.Substring(equals + 1).Trim();
            clean = clean.Substring(0, equals);
        }
        var space = clean.LastIndexOf(' ');
        if (space < 0) throw new FormatException("an argument reads 'type name'");
        var type = clean.Substring(0, space).Trim().Replace("SymInt", "int");
        var length = 0;
        var bracket = type.IndexOf('[');
        if (bracket >= 0 && type[bracket + 1] != ']')
        {
            var close = type.IndexOf(']');
            length = int.Parse(type.Substring(bracket + 1, close - bracket - 1), System.Globalization.CultureInfo.InvariantCulture);
            type = type.Substring(0, bracket + 1) + type.Substring(close);
        }
        return new Argument { Type = type, Name = clean.Substring(space + 1), Default = value, ListLength = length };
    }

    /// <summary>Takes out what says which arguments share memory: <c>Tensor(a!)</c> is a Tensor.</summary>
    public static string WithoutAlias(string text)
    {
        var open = text.IndexOf("Tensor(", StringComparison.Ordinal);
        if (open < 0) return text;
        var close = text.IndexOf(')', open);
        return text.Substring(0, open + 6) + text.Substring(close + 1);
    }
}
