using System.Text.Json;
using System.Text.Json.Serialization;
using Scenograph.Data.Formats;
using Scenograph.Torch;
using Scenograph.Torch.Files;

namespace Scenograph.Tests.Golden.Harness;

/// <summary>One golden case: what to build, feed and compare. Everything comes from the case's two files, nothing from code.</summary>
public sealed class GoldenCase
{
    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        MaxDepth = 32,
    };

    private readonly Lazy<IReadOnlyDictionary<string, NumpyArray>> stored;
    private readonly Dictionary<string, HostArray> inputs = new(StringComparer.Ordinal);

    private GoldenCase(CaseSections sections, string path)
    {
        Sections = sections;
        Weights = new WeightRules(sections.Weights, sections.Seed);
        stored = new Lazy<IReadOnlyDictionary<string, NumpyArray>>(() => NumpyArchive.ReadAll(Path.ChangeExtension(path, ".npz")));
    }

    /// <summary>The json as it stands.</summary>
    public CaseSections Sections { get; }

    /// <summary><c>model/case</c>.</summary>
    public string Name => $"{Sections.Model}/{Sections.Case}";

    public string Model => Sections.Model;

    public long Seed => Sections.Seed;

    /// <summary>train, eval or function.</summary>
    public string Mode => Sections.Mode;

    public JsonElement Config => Sections.Config;

    public JsonElement State => Sections.State;

    public WeightRules Weights { get; }

    /// <summary>
    /// The runs a case asks for: float32; float64 too where it has arrays called <c>f64:</c>; float64 alone where all its arrays
    /// are float64.
    /// </summary>
    public IReadOnlyList<GoldenPrecision> Precisions
    {
        get
        {
            var twice = Sections.Arrays.Any(array => array.Name.StartsWith("f64:", StringComparison.Ordinal));
            return twice ? [GoldenPrecision.Float32, GoldenPrecision.Float64]
                : Sections.Tolerance.Float64 ? [GoldenPrecision.Float64]
                : [GoldenPrecision.Float32];
        }
    }

    /// <param name="path">The case's json; its arrays lie beside it under the same name with .npz.</param>
    /// <exception cref="InputException">The file is missing, or has keys that the README does not name.</exception>
    public static GoldenCase Load(string path)
    {
        try
        {
            using var stream = InputFile.Open(path);
            var sections = JsonSerializer.Deserialize<CaseSections>(stream, Strict);
            return new GoldenCase(sections ?? throw new InputException($"{path}: the file holds null instead of a golden case."), path);
        }
        catch (JsonException exception)
        {
            throw new InputException($"{path}: this is not a golden case ({exception.Message})", exception);
        }
    }

    /// <summary>A stored array.</summary>
    /// <exception cref="InputException">The archive lacks it.</exception>
    public HostArray Stored(string name)
    {
        var array = StoredArray(name);
        return new HostArray(array.ToDoubles(), array.Shape);
    }

    internal NumpyArray StoredArray(string name) =>
        stored.Value.TryGetValue(name, out var array) ? array : throw new InputException($"{Name}: the archive has no array '{name}'.");

    internal bool HasStored(string name) => Sections.Arrays.Any(array => array.Name == name);

    /// <summary>An input's values, rounded to its dtype.</summary>
    /// <exception cref="InputException">There is no such input, or its rule does not work.</exception>
    public HostArray Input(string name)
    {
        if (inputs.TryGetValue(name, out var known))
        {
            return known;
        }

        var position = Sections.Inputs.ToList().FindIndex(input => input.Name == name);
        if (position < 0)
        {
            throw new InputException($"{Name}: there is no input '{name}'; the inputs are {string.Join(", ", Sections.Inputs.Select(input => input.Name))}.");
        }

        try
        {
            return inputs[name] = Cast(Evaluate(position), Sections.Inputs[position].Dtype);
        }
        catch (FormatException exception)
        {
            throw new InputException($"{Name}: input '{name}': {exception.Message}.", exception);
        }
    }

    public bool HasInput(string name) => Sections.Inputs.Any(input => input.Name == name);

    /// <inheritdoc cref="WeightRules.Value"/>
    public HostArray? WeightValue(string name, int[] shape, HostArray? constructorValue = null) => Weights.Value(name, shape, constructorValue);

    /// <summary>The draws from the start, of one phase or of all.</summary>
    public GoldenNoise NoiseDraws(string? phase = null) => new(Sections.Noise, Seed, phase);

    /// <summary>What the entries of a list such as grad_norms are: the names in the order of its <c>order</c> key.</summary>
    /// <exception cref="InputException">The array has no order, or the case lacks that list.</exception>
    public IReadOnlyList<string> EntryNames(string array)
    {
        var order = Sections.Arrays.FirstOrDefault(candidate => candidate.Name == array)?.Order
            ?? throw new InputException($"{Name}: array '{array}' has no order.");
        return order == "grad_names" ? Sections.GradNames : NameList(order);
    }

    /// <summary>A list of <c>names</c>; empty where the case has none of that key.</summary>
    public IReadOnlyList<string> NameList(string key) =>
        Sections.Names.TryGetValue(key, out var list) ? [.. list.EnumerateArray().Select(name => name.GetString()!)] : [];

    private HostArray Evaluate(int position)
    {
        var input = Sections.Inputs[position];
        switch (input.Rule)
        {
            case "array":
                return Stored("input." + input.Name);
            case "value":
                var value = JsonArrays.Read(input.Value ?? throw new FormatException("the literal value is missing"));
                return value.Count == HostArray.Size(input.Shape) ? value.Reshape(input.Shape) : throw new FormatException("the literal value has another shape");
            default:
                var scope = new RuleScope(input.Shape, name => Symbol(position, name));
                return RuleExpression.Parse(input.Rule).EvaluateToShape(scope);
        }
    }

    private HostArray? Symbol(int position, string name)
    {
        var input = Sections.Inputs[position];
        if (name == "u")
        {
            return Fill.Uniform(input.Key ?? "input:" + input.Name, input.Shape, Seed);
        }

        if (input.Keys.TryGetValue(name, out var key))
        {
            return Fill.Uniform(key, input.Shape, Seed);
        }

        return Sections.Inputs.Take(position).Any(earlier => earlier.Name == name) ? Input(name) : null;
    }

    private static HostArray Cast(HostArray value, string dtype) => dtype switch
    {
        "float64" => value,
        "float32" => value.ToSinglePrecision(),
        "int64" or "int32" => value.Select(Math.Truncate),
        "uint8" => value.Select(element => (byte)(long)element),
        "bool" => value.Select(element => element != 0 ? 1 : 0),
        _ => throw new FormatException($"dtype '{dtype}' is unknown"),
    };
}
