using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Scenograph.Training.Recipes;

/// <summary>Writes a recipe with every value, defaults included, so that a run's folder says all that the run depended on.</summary>
public static partial class RecipeWriter
{
    /// <returns>YAML that <see cref="RecipeReader"/> reads back to an equal recipe.</returns>
    public static string Write(Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        var text = new StringBuilder();
        WriteRecord(text, recipe, indent: 0);
        return text.ToString();
    }

    private static void WriteRecord(StringBuilder text, object record, int indent)
    {
        foreach (var member in OptionMember.Of(record.GetType()))
        {
            var value = member.Property.GetValue(record);
            text.Append(' ', indent).Append(member.Key).Append(':');
            if (value is ModelRecipe model)
            {
                text.Append('\n').Append(' ', indent + 2).Append("name: ").Append(Scalar(model.Name)).Append('\n');
                WriteRecord(text, model.Options, indent + 2);
            }
            else if (value is not null && OptionsBinder.IsRecord(value.GetType()) && OptionMember.Of(value.GetType()).Count > 0)
            {
                text.Append('\n');
                WriteRecord(text, value, indent + 2);
            }
            else
            {
                text.Append(' ').Append(Value(value)).Append('\n');
            }
        }
    }

    private static string Value(object? value) => value is string text ? Scalar(text) : Flow(value);

    /// <summary>A value on one line, as it may stand in a list.</summary>
    private static string Flow(object? value) => value switch
    {
        null => "null",
        string text => Scalar(text, inList: true),
        bool flag => flag ? "true" : "false",
        Enum => Scalar(OptionsBinder.EnumText(value)),
        // The shortest text that reads back to the same bits.
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        float number => number.ToString("R", CultureInfo.InvariantCulture),
        IFormattable number when value.GetType().IsPrimitive => number.ToString(null, CultureInfo.InvariantCulture),
        ITuple tuple => $"[{string.Join(", ", Enumerable.Range(0, tuple.Length).Select(i => Flow(tuple[i])))}]",
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Flow))}]",
        _ => $"{{{string.Join(", ", OptionMember.Of(value.GetType()).Select(member => $"{member.Key}: {Flow(member.Property.GetValue(value))}"))}}}",
    };

    private static string Scalar(string text, bool inList = false)
    {
        if (PlainText().IsMatch(text) && !(inList && text.AsSpan().ContainsAny(',', ':')) && !LooksLikeNull(text) && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
        {
            return text;
        }
        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                _ when char.IsControl(letter) || letter is '\u2028' or '\u2029' or '\uFEFF' or '\uFFFE' or '\uFFFF' =>
                    quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:X4}"),
                _ => quoted.Append(letter),
            };
        }
        return quoted.Append('"').ToString();
    }

    private static bool LooksLikeNull(string text) => text.ToUpperInvariant() is "NULL" or "TRUE" or "FALSE" || text.All(letter => letter == '.');

    /// <summary>Texts that need no quotation marks: names, paths and data specs.</summary>
    [GeneratedRegex(@"^[A-Za-z0-9_./]([A-Za-z0-9_./():+,-]*[A-Za-z0-9_./)])?\z")]
    private static partial Regex PlainText();
}
