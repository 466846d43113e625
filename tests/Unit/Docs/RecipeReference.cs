using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Scenograph.Data;
using Scenograph.Data.Folders;
using Scenograph.Data.Generated;
using Scenograph.Estimators;
using Scenograph.Models;
using Scenograph.Models.Blocks;
using Scenograph.Training.Recipes;

namespace Scenograph.Tests.Unit.Docs;

/// <summary>Writes the tables of docs/recipes.md from the records that recipes are read into, and from their XML docs.</summary>
internal static partial class RecipeReference
{
    public const string Begin = "<!-- generated from the records: begin -->";
    public const string End = "<!-- generated from the records: end -->";

    private static readonly Dictionary<string, XElement> Docs = XDocument.Load(Path.ChangeExtension(typeof(Recipe).Assembly.Location, ".xml"))
        .Descendants("member").GroupBy(member => member.Attribute("name")!.Value).ToDictionary(group => group.Key, group => group.First());

    public static string Write()
    {
        var text = new StringBuilder();
        Section(text, "", typeof(Recipe));
        foreach (var name in ModelCatalogue.Instance.Names)
        {
            Section(text, "model", ModelCatalogue.Instance.OptionsType(name)!, $" of {name}", ["`model.name`: the model's name, as here."]);
        }
        Section(text, "model.estimator", typeof(EstimatorOptions), " of models with discrete latents");
        Section(text, "model.annealing", typeof(ClassAnnealing), " of d-vae, d-vae-st and dair");
        Section(text, "model.encoder_convolutions", typeof(AutoEncoder.Convolutions), " and `model.decoder_convolutions`");
        Section(text, "data", typeof(DataRecipe));
        Section(text, "data.options", typeof(DataSetOptions));
        Section(text, "data.options.folder", typeof(FolderOptions));
        Section(text, "data.options.sprites", typeof(SpriteOptions));
        Section(text, "data.options.tetrominoes", typeof(TetrominoOptions));
        Section(text, "data.options.air_multi_mnist", typeof(AirMultiMnistOptions));
        Section(text, "data.options.multi_mnist", typeof(MultiMnistOptions));
        Section(text, "training", typeof(TrainingRecipe));
        Section(text, "training.optimiser", typeof(OptimiserRecipe));
        Section(text, "evaluation", typeof(EvaluationRecipe));
        return text.ToString().TrimEnd('\n');
    }

    private static void Section(StringBuilder text, string path, Type type, string suffix = "", string[]? notes = null)
    {
        text.Append(path.Length == 0 ? "## The recipe itself" : $"## `{path}`{suffix}").Append("\n\n");
        foreach (var note in notes ?? []) text.Append(note).Append("\n\n");
        text.Append("| key | default | values | meaning |\n| --- | --- | --- | --- |\n");
        var defaults = Defaults(type);
        foreach (var member in OptionMember.Of(type))
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{member.Key}` | {Default(member, defaults)} | {Values(member)} | {Meaning(type, member)} |\n");
        }
        text.Append('\n');
    }

    /// <summary>A record of nothing but defaults, or null where something must be given.</summary>
    private static object? Defaults(Type type)
    {
        var members = OptionMember.Of(type).Where(member => member.IsParameter).ToList();
        return members.All(member => member.HasDefault)
            ? OptionMember.ConstructorOf(type).Invoke([.. members.Select(member => member.Type.IsEnum && member.Default is not null ? Enum.ToObject(member.Type, member.Default) : member.Default)])
            : null;
    }

    private static string Default(OptionMember member, object? defaults)
    {
        if (OptionsBinder.IsRecord(member.Type) && member.Type != typeof(string)) return "section";
        if (!member.HasDefault) return "required";
        return Text(defaults is null ? member.Default : member.Property.GetValue(defaults));
    }

    private static string Text(object? value) => value switch
    {
        null => "none",
        "" => "empty",
        string text => $"`{text}`",
        bool flag => flag ? "true" : "false",
        Enum => OptionsBinder.EnumText(value),
        System.Runtime.CompilerServices.ITuple tuple => $"[{string.Join(", ", Enumerable.Range(0, tuple.Length).Select(i => Text(tuple[i])))}]",
        System.Collections.IEnumerable items => $"[{string.Join(", ", items.Cast<object>().Select(Text))}]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture).Replace("E-0", "e-", StringComparison.Ordinal),
        _ => value.ToString()!,
    };

    private static string Values(OptionMember member)
    {
        var kind = Kind(member.Type);
        // A value that breaks the rule makes the reader say what would be right.
        var broken = member.Rules.Count == 0 ? null : new object?[] { int.MinValue + 1L, (double)int.MinValue + 1, "\n" }
            .Select(value => Complaint(member, value)).FirstOrDefault(complaint => complaint is not null);
        return broken is null ? kind : kind is "text" ? broken : $"{kind}, {broken}";
    }

    private static string? Complaint(OptionMember member, object? value)
    {
        var isText = member.Type == typeof(string);
        if (value is string != isText) return null;
        return OptionRules.Complaint(value!, member.Rules)?.Replace("it must be ", "", StringComparison.Ordinal);
    }

    private static string Kind(Type type) =>
        type == typeof(bool) ? "true or false"
        : type == typeof(int) || type == typeof(long) ? "whole number"
        : type == typeof(double) || type == typeof(float) ? "number"
        : type == typeof(string) ? "text"
        : type.IsEnum ? OptionRules.Alternatives([.. Enum.GetValues(type).Cast<object>().Select(OptionsBinder.EnumText)])
        : OptionsBinder.ElementType(type) is { } element ? $"list of {Plural(Kind(element))}"
        : OptionsBinder.IsTuple(type) ? $"list of {type.GetGenericArguments().Length} numbers"
        : "section, below";

    private static string Plural(string kind) => kind is "whole number" ? "whole numbers" : kind.Replace(" or ", ", ", StringComparison.Ordinal);

    private static string Meaning(Type type, OptionMember member)
    {
        var parameter = Docs.GetValueOrDefault($"T:{Name(type)}")?.Elements("param").FirstOrDefault(element => element.Attribute("name")!.Value == member.Property.Name);
        var documented = parameter ?? Docs.GetValueOrDefault($"P:{Name(member.Property.DeclaringType!)}.{member.Property.Name}")?.Element("summary");
        return documented is null ? "" : Spaces().Replace(string.Concat(documented.Nodes().Select(Inline)), " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);
    }

    private static string Name(Type type) => type.FullName!.Replace('+', '.');

    private static string Inline(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement element when (element.Attribute("name") ?? element.Attribute("cref")) is { } reference =>
            $"`{JsonNamingPolicy.SnakeCaseLower.ConvertName(reference.Value.Split('.', ':')[^1])}`",
        XElement element => element.Value,
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
