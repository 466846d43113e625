using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Scenograph.Data.Sources;
using Scenograph.Data.Specs;
using Scenograph.Data.Transforms;
using Scenograph.Torch;

namespace Scenograph.Data;

/// <summary>
/// What <c>--data</c> names: one or more data sets and what is done to their scenes.
/// <code>
/// spec   := source { '-' flag }
/// source := item | 'concat(' item { ',' item } ')'
/// item   := name [ ':' variant ]
/// flag   := crop | flip | obj | sub_bg | rng_bg | rng_sob | rng_dob | 'max' N | '(' rows ',' columns ')' | tiny | small | medium | large | huge
/// </code>
/// A variant that holds '-', ',' or ')', such as a path, stands in brackets: <c>clevr_folder:[../shared/data/clevr-mini]-crop-(64,64)</c>.
/// The grammar is that of the ClevrTex benchmark's training code; the brackets are ours.
/// </summary>
public sealed record DataSpec
{
    private const int LargestSide = 8192;

    /// <summary>The data sets, in order.</summary>
    public required IReadOnlyList<DataSpecItem> Items { get; init; }

    /// <summary>Whether scenes are cut to a centred square: crop, crop_c, c, cc.</summary>
    public bool Crop { get; init; }

    /// <summary>Whether scenes are turned upside down: flip.</summary>
    public bool Flip { get; init; }

    /// <summary>Whether scenes are cut to one object: obj, onlyobject.</summary>
    public bool OnlyObject { get; init; }

    /// <summary>Black background: sub_bg, subbg, bbg, sbg.</summary>
    public bool BlackBackground { get; init; }

    /// <summary>Random background colour: rng_bg, rngbg, rbg.</summary>
    public bool RandomBackground { get; init; }

    /// <summary>One random colour for all objects: rng_sob, rngsob, rso.</summary>
    public bool OneRandomObjectColor { get; init; }

    /// <summary>A random colour for each object: rbg_dob, rng_dob, rngdob, rdo.</summary>
    public bool EachObjectRandomColor { get; init; }

    /// <summary>Objects that are kept, at least 0, or null for all: maxN.</summary>
    public int? MaximumObjects { get; init; }

    /// <summary>Rows and columns that scenes are resized to, or null.</summary>
    public (int Height, int Width)? Size { get; init; }

    /// <summary>Colours that are replaced.</summary>
    public Recoloring Recoloring => new()
    {
        BlackBackground = BlackBackground,
        RandomBackground = RandomBackground,
        OneRandomObjectColor = OneRandomObjectColor,
        EachObjectRandomColor = EachObjectRandomColor,
    };

    /// <summary>What is odd about the spec without being wrong; for the log.</summary>
    public IReadOnlyList<string> Warnings =>
        RandomBackground && (OneRandomObjectColor || EachObjectRandomColor)
            ? ["random colours of objects and of the background together can make an object vanish into its background"]
            : [];

    /// <summary>Short name for folders, e.g. <c>clt_fullcm</c> for <c>clevrtex:full-crop-(128,128)</c>.</summary>
    public string Name
    {
        get
        {
            var name = new StringBuilder(string.Join('+', Items.Select(ShortName)));
            name.Append(Items.Count > 1 ? "-" : "").Append(Crop ? "c" : "").Append(Flip ? "flip" : "");
            name.Append(Size is { } size ? SizeWords.Letter(size.Height) : "");
            name.Append(BlackBackground ? "-bbg" : "").Append(RandomBackground ? "-rbg" : "");
            name.Append(EachObjectRandomColor ? "-rdo" : "").Append(OneRandomObjectColor ? "-rso" : "");
            name.Append(MaximumObjects is { } most ? $"-m{most}" : "").Append(OnlyObject ? "-obj" : "");
            return name.ToString();
        }
    }

    /// <summary>Reads a spec.</summary>
    /// <exception cref="InputException">The text is no spec.</exception>
    public static DataSpec Parse(string text) => TryParse(text, out var spec, out var problem) ? spec : throw new InputException(problem.Message);

    /// <summary>Reads a spec, or says what is wrong with it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out DataSpec? spec, [NotNullWhen(false)] out DataSpecProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            (spec, problem) = (ParseSpec(text), null);
            return true;
        }
        catch (ProblemException exception)
        {
            (spec, problem) = (null, exception.Problem with { Message = OneLine.Of($"data spec '{text}': {exception.Problem.Message}") });
            return false;
        }
    }

    /// <summary>
    /// Shape of the images as far as it is known before any file is read: the first source's, cropped and resized. Null where only the files
    /// tell. As in the original, sets or variants that its table lacks (<c>clevrtex:outd</c>) are a mistake here, though they can be opened.
    /// </summary>
    public bool TryGetShape(out ImageShape? shape, [NotNullWhen(false)] out DataSpecProblem? problem)
    {
        var item = Items[0];
        var source = DataSources.Find(item.Name);
        shape = null;
        problem = source is null ? new DataSpecProblem(DataSpecProblemKind.Name, OneLine.Of(UnknownSource(item.Name)))
            : !source.TryGetShape(item.Variant, out shape) ? new DataSpecProblem(DataSpecProblemKind.Name, OneLine.Of($"no shape is known for the variant {item}."))
            : null;
        if (problem is null && shape is { } native)
        {
            var (height, width) = StepsFor(source!).SizeFor(native.Height, native.Width);
            shape = native with { Height = height, Width = width };
        }

        return problem is null;
    }

    internal TransformSteps StepsFor(IDataSource source) => new()
    {
        Crop = Crop ? source.CropFraction : null,
        Flip = Flip,
        OnlyObject = OnlyObject,
        Size = Size,
        MaximumObjects = MaximumObjects,
        Resampling = source.Resampling,
        KeepVisible = source.DeclaresVisibility,
    };

    internal static string UnknownSource(string name) =>
        $"there is no data set '{name}'; there are {string.Join(", ", DataSources.All.Select(source => source.Name))}.";

    private static DataSpec ParseSpec(string text)
    {
        var parts = SpecText.Split(text, '-') ?? throw Wrong("the brackets [ ] do not match.");
        var spec = new DataSpec { Items = ParseSource(parts[0].Trim()) };
        var unknown = new List<string>();
        foreach (var flag in parts.Skip(1).Select(part => part.Trim().ToLowerInvariant()).Distinct())
        {
            switch (flag)
            {
                case "crop" or "crop_c" or "c" or "cc":
                    spec = spec with { Crop = true };
                    break;
                case "flip":
                    spec = spec with { Flip = true };
                    break;
                case "obj" or "onlyobject":
                    spec = spec with { OnlyObject = true };
                    break;
                case "sub_bg" or "subbg" or "bbg" or "sbg":
                    spec = spec with { BlackBackground = true };
                    break;
                case "rng_bg" or "rngbg" or "rbg":
                    spec = spec with { RandomBackground = true };
                    break;
                case "rng_sob" or "rngsob" or "rso":
                    spec = spec with { OneRandomObjectColor = true };
                    break;
                case "rbg_dob" or "rng_dob" or "rngdob" or "rdo":
                    spec = spec with { EachObjectRandomColor = true };
                    break;
                case ['m', 'a', 'x', .. var digits]:
                    spec = spec with { MaximumObjects = ParseMaximum(digits, spec.MaximumObjects) };
                    break;
                default:
                    unknown.Add(flag);
                    break;
            }
        }

        if (unknown.Count > 1)
        {
            throw Wrong($"at most one part may be a size, but neither {string.Join(" nor ", unknown.Select(flag => $"'{flag}'"))} is another flag.");
        }

        CheckTogether(spec);
        return unknown.Count == 1 ? spec with { Size = ParseSize(unknown[0]) } : spec;
    }

    private static List<DataSpecItem> ParseSource(string text)
    {
        var isList = text.StartsWith("concat(", StringComparison.Ordinal);
        if (isList && !text.EndsWith(')'))
        {
            throw Wrong("concat( has no closing ).");
        }

        List<string> items = isList ? SpecText.Split(text["concat(".Length..^1], ',') ?? throw Wrong("the brackets [ ] do not match.") : [text];
        return items.ConvertAll(item => ParseItem(item.Trim()));
    }

    private static DataSpecItem ParseItem(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = (colon < 0 ? text : text[..colon]).Trim();
        var variant = colon < 0 ? null : SpecText.Unquote(text[(colon + 1)..].Trim());
        return name.Length > 0
            ? new DataSpecItem(name == "clevr" ? "clevr_with_masks" : name, variant)
            : throw Wrong("the name of the data set is missing.");
    }

    private static int ParseMaximum(string digits, int? other)
    {
        if (!int.TryParse(digits, NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var maximum))
        {
            throw Wrong($"'max{digits}' must be max and a whole number, as in max6.");
        }

        return other is null || other == maximum ? maximum : throw Wrong($"max{other} and max{maximum} exclude each other.");
    }

    private static void CheckTogether(DataSpec spec)
    {
        if (spec.BlackBackground && spec.RandomBackground)
        {
            throw Wrong("sub_bg and rng_bg exclude each other.");
        }

        if (spec.OneRandomObjectColor && spec.EachObjectRandomColor)
        {
            throw Wrong("rng_sob and rng_dob exclude each other.");
        }

        if (spec.MaximumObjects is { } most && !spec.BlackBackground && !spec.RandomBackground)
        {
            throw Wrong($"max{most} needs sub_bg or rng_bg, else the objects left out would stay in the image.");
        }
    }

    private static (int Height, int Width) ParseSize(string text)
    {
        if (!text.StartsWith('(') || !text.EndsWith(')'))
        {
            return SizeWords.Find(text) ?? throw new ProblemException(new DataSpecProblem(
                DataSpecProblemKind.Name, $"'{text}' is neither a flag nor a size; sizes are {SizeWords.Words} or (rows,columns)."));
        }

        var numbers = text[1..^1].Split(',').Select(number => int.TryParse(number, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var value) ? value : 0).ToArray();
        return numbers is [>= 1 and <= LargestSide, >= 1 and <= LargestSide]
            ? (numbers[0], numbers[1])
            : throw Wrong($"the size {text} must be (rows,columns), whole numbers from 1 to {LargestSide}.");
    }

    private static string ShortName(DataSpecItem item)
    {
        var name = DataSources.Find(item.Name)?.ShortName ?? item.Name;
        if (item.Variant is null or "cc" or "new")
        {
            return name;
        }

        var last = item.Variant.Split('/', '\\').LastOrDefault(part => part.Length > 0, "_");
        return $"{name}_{string.Concat(last.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or ':' ? letter : '_'))}";
    }

    private static ProblemException Wrong(string message) => new(new DataSpecProblem(DataSpecProblemKind.Value, message));

    private sealed class ProblemException(DataSpecProblem problem) : Exception(problem.Message)
    {
        public DataSpecProblem Problem { get; } = problem;
    }
}
