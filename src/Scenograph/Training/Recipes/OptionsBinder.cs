using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Serialization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Scenograph.Torch;

namespace Scenograph.Training.Recipes;

/// <summary>
/// Makes options records out of recipe nodes by the records' own declarations: names, types, defaults and validation
/// attributes. Whatever does not fit is an <see cref="InputException"/> that names the place, the key and what would be right.
/// </summary>
internal sealed partial class OptionsBinder(IModelCatalogue models)
{
    private const string ModelNameKey = "name";

    /// <param name="mapping">The keys and values given.</param>
    /// <param name="type">The record to make.</param>
    /// <param name="path">Where the record stands, e.g. <c>training.optimiser</c>; empty for the recipe itself.</param>
    /// <param name="owner">Whose options they are, as a complaint names it.</param>
    /// <param name="ignored">A key that is not the record's, but is no mistake either.</param>
    public object Bind(RecipeMapping mapping, Type type, string path, string owner, string? ignored = null)
    {
        var members = OptionMember.Of(type);
        RefuseUnknown(mapping, members, path, owner, ignored);

        var arguments = members.Where(member => member.IsParameter).Select(member => ValueOf(member, mapping, path)).ToArray();
        var record = Construct(type, arguments, mapping, path);
        foreach (var member in members.Where(member => !member.IsParameter && mapping.Entries.ContainsKey(member.Key)))
        {
            member.Property.SetValue(record, ValueOf(member, mapping, path));
        }
        return record;
    }

    private static void RefuseUnknown(RecipeMapping mapping, IReadOnlyList<OptionMember> members, string path, string owner, string? ignored)
    {
        foreach (var (key, entry) in mapping.Entries)
        {
            if (key != ignored && !members.Any(member => member.Key == key))
            {
                var known = members.Select(member => member.Key).Where(name => name != ignored).ToList();
                var shown = key.Length is > 0 and <= 60 && !key.Any(char.IsControl) ? Join(path, key) : Spelling.Quote(key);
                throw new InputException($"{entry.KeyOrigin}: {shown} is not an option of {owner}; {Spelling.Suggest(key, known, path.Length == 0 ? "" : path + ".")}");
            }
        }
    }

    private object? ValueOf(OptionMember member, RecipeMapping mapping, string path)
    {
        var here = Join(path, member.Key);
        if (!mapping.Entries.TryGetValue(member.Key, out var entry))
        {
            if (member.HasDefault)
            {
                return EnumDefault(member);
            }
            if (IsRecord(member.Type) && !member.AllowsNull)
            {
                // A section whose every option has a default may be left out as a whole.
                return Convert(new RecipeMapping(mapping.Origin), member.Type, here);
            }
            throw new InputException($"{mapping.Origin}: {here} is missing");
        }
        if (entry.Value is RecipeScalar { IsNull: true })
        {
            if (member.AllowsNull)
            {
                return null;
            }
            if (IsRecord(member.Type))
            {
                return Convert(new RecipeMapping(entry.Value.Origin), member.Type, here);
            }
            throw new InputException($"{entry.Value.Origin}: {here} has no value; {Expected(member.Type)} is expected");
        }

        var value = Convert(entry.Value, member.Type, here);
        if (OptionRules.Complaint(value, member.Rules) is { } complaint)
        {
            throw new InputException($"{entry.Value.Origin}: {here} is {Show(entry.Value)}; {complaint}");
        }
        return value;
    }

    // Reflection reports an enum parameter's default as its underlying number in some cases.
    private static object? EnumDefault(OptionMember member) =>
        member.Type.IsEnum && member.Default is not null ? Enum.ToObject(member.Type, member.Default) : member.Default;

    private static object Construct(Type type, object?[] arguments, RecipeMapping mapping, string path)
    {
        try
        {
            return OptionMember.ConstructorOf(type).Invoke(arguments);
        }
        catch (TargetInvocationException error) when (error.InnerException is ArgumentException or InputException)
        {
            var reason = error.InnerException is ArgumentException { ParamName: { } parameter } argument
                ? argument.Message.Replace($" (Parameter '{parameter}')", "", StringComparison.Ordinal)
                : error.InnerException.Message;
            throw new InputException($"{mapping.Origin}: {path}: {reason}", error.InnerException);
        }
    }

    private object Convert(RecipeNode node, Type type, string path)
    {
        if (type == typeof(ModelRecipe))
        {
            return ConvertModel(node, path);
        }
        if (ElementType(type) is { } element)
        {
            return ConvertArray(node, element, path);
        }
        if (IsTuple(type))
        {
            return ConvertTuple(node, type, path);
        }
        if (IsRecord(type))
        {
            return Bind(node as RecipeMapping ?? throw Mismatch(node, type, path), type, path, path);
        }
        return node is RecipeScalar scalar ? ConvertScalar(scalar, type, path) : throw Mismatch(node, type, path);
    }

    private ModelRecipe ConvertModel(RecipeNode node, string path)
    {
        if (node is not RecipeMapping mapping)
        {
            throw new InputException($"{node.Origin}: {path} is {Show(node)}; a section with the key name is expected, e.g. '{path}: {{name: {models.Names.FirstOrDefault()}}}'");
        }
        if (!mapping.Entries.TryGetValue(ModelNameKey, out var name) || name.Value is RecipeScalar { IsNull: true })
        {
            throw new InputException($"{mapping.Origin}: {path}.{ModelNameKey} is missing; {Spelling.Suggest("", models.Names)}");
        }
        if (name.Value is not RecipeScalar { Text: var text } || models.OptionsType(text) is not { } options)
        {
            var suggestion = name.Value is RecipeScalar scalar ? Spelling.Suggest(scalar.Text, models.Names) : "a model's name is expected";
            throw new InputException($"{name.Value.Origin}: {path}.{ModelNameKey} is {Show(name.Value)}, and there is no such model; {suggestion}");
        }
        return new ModelRecipe(text, Bind(mapping, options, path, text, ignored: ModelNameKey));
    }

    private Array ConvertArray(RecipeNode node, Type element, string path)
    {
        var items = (node as RecipeSequence ?? throw Mismatch(node, element.MakeArrayType(), path)).Items;
        var array = Array.CreateInstance(element, items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            array.SetValue(Convert(items[i], element, $"{path}[{i}]"), i);
        }
        return array;
    }

    private object ConvertTuple(RecipeNode node, Type type, string path)
    {
        var types = type.GetGenericArguments();
        if (node is not RecipeSequence { Items: var items } || items.Count != types.Length)
        {
            throw Mismatch(node, type, path);
        }
        return Activator.CreateInstance(type, [.. items.Select((item, i) => Convert(item, types[i], $"{path}[{i}]"))])!;
    }

    private static object ConvertScalar(RecipeScalar scalar, Type type, string path)
    {
        if (type == typeof(string))
        {
            return scalar.Text;
        }
        if (type.IsEnum)
        {
            return ConvertEnum(scalar, type, path);
        }
        object? value = null;
        if (!scalar.Quoted)
        {
            var digits = BetweenDigits().Replace(scalar.Text, "");
            long Whole(long least, long most) =>
                long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
                    ? number
                    : throw new InputException($"{scalar.Origin}: {path} is {Spelling.Quote(scalar.Text)}; it must be from {least} to {most}");

            if (type == typeof(bool))
            {
                value = scalar.Text switch { "true" or "True" or "TRUE" => true, "false" or "False" or "FALSE" => false, _ => null };
            }
            else if (type == typeof(int) || type == typeof(long))
            {
                value = !WholeNumber().IsMatch(digits) ? null : type == typeof(int) ? (object)(int)Whole(int.MinValue, int.MaxValue) : Whole(long.MinValue, long.MaxValue);
            }
            else if (type == typeof(double) || type == typeof(float))
            {
                var parsed = double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
                if (parsed && double.IsFinite(type == typeof(float) ? (float)number : number))
                {
                    value = type == typeof(float) ? (object)(float)number : number;
                }
            }
            else
            {
                throw new NotSupportedException($"{path}: options of type {type} are not supported");
            }
        }
        return value ?? throw Mismatch(scalar, type, path);
    }

    private static object ConvertEnum(RecipeScalar scalar, Type type, string path)
    {
        var texts = Enum.GetValues(type).Cast<object>().ToDictionary(EnumText, value => value, StringComparer.Ordinal);
        var plain = scalar.Text.Replace('_', '-');
        return texts.FirstOrDefault(pair => string.Equals(pair.Key, plain, StringComparison.OrdinalIgnoreCase)).Value
            ?? throw new InputException($"{scalar.Origin}: {path} is {Spelling.Quote(scalar.Text)}; it must be {OptionRules.Alternatives(texts.Keys)}");
    }

    /// <summary>How an enum value is written: its <see cref="EnumMemberAttribute"/>'s, else its name in kebab case.</summary>
    public static string EnumText(object value)
    {
        var name = value.ToString()!;
        return value.GetType().GetField(name)?.GetCustomAttribute<EnumMemberAttribute>()?.Value ?? JsonNamingPolicy.KebabCaseLower.ConvertName(name);
    }

    /// <summary>Element type of the array that a value of this type is given as, or null.</summary>
    public static Type? ElementType(Type type)
    {
        if (type.IsArray)
        {
            return type.GetElementType();
        }
        return type is { IsGenericType: true, IsInterface: true } && type.IsAssignableFrom(type.GetGenericArguments()[0].MakeArrayType())
            ? type.GetGenericArguments()[0]
            : null;
    }

    public static bool IsTuple(Type type) => type.IsValueType && type.IsGenericType && typeof(ITuple).IsAssignableFrom(type);

    public static bool IsRecord(Type type) =>
        !type.IsPrimitive && !type.IsEnum && !typeof(IEnumerable).IsAssignableFrom(type) && !IsTuple(type);

    private static InputException Mismatch(RecipeNode node, Type type, string path) =>
        new($"{node.Origin}: {path} is {Show(node)}; {Expected(type)} is expected");

    private static string Expected(Type type)
    {
        if (type == typeof(bool))
        {
            return "true or false";
        }
        if (type == typeof(int) || type == typeof(long))
        {
            return "a whole number";
        }
        if (type == typeof(double) || type == typeof(float))
        {
            return "a finite number";
        }
        if (type == typeof(string))
        {
            return "a text";
        }
        if (type.IsEnum)
        {
            return OptionRules.Alternatives([.. Enum.GetValues(type).Cast<object>().Select(EnumText)]);
        }
        if (ElementType(type) is { } element)
        {
            return $"a list, each entry {Expected(element)},";
        }
        return IsTuple(type) ? $"a list of {type.GetGenericArguments().Length} entries" : "a section with keys and values";
    }

    private static string Show(RecipeNode node) => node switch
    {
        RecipeScalar { IsNull: true } => "empty",
        RecipeScalar { Quoted: true } scalar => $"the text {Spelling.Quote(scalar.Text)}",
        RecipeScalar scalar => Spelling.Quote(scalar.Text),
        RecipeSequence sequence => $"a list of {sequence.Items.Count}",
        _ => "a section",
    };

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    [GeneratedRegex(@"(?<=[0-9])_(?=[0-9])")]
    private static partial Regex BetweenDigits();

    [GeneratedRegex(@"^[+-]?[0-9]+\z")]
    private static partial Regex WholeNumber();
}
