using System.Text.Json;
using System.Text.Json.Serialization;

namespace Scenograph.Tests.Golden.Harness;

/// <summary>A golden case's json as it stands in the file; the folder's README, sections 2 to 7, says what each key means.</summary>
public sealed record CaseSections
{
    public required string Model { get; init; }

    public required string Case { get; init; }

    public required long Seed { get; init; }

    /// <summary>train, eval or function.</summary>
    public required string Mode { get; init; }

    /// <summary>Constructor values and hyper-parameters under the original's names.</summary>
    public required JsonElement Config { get; init; }

    /// <summary>What is set after construction.</summary>
    public required JsonElement State { get; init; }

    public required WeightSection Weights { get; init; }

    public required IReadOnlyList<InputSection> Inputs { get; init; }

    public required NoiseSection Noise { get; init; }

    public required ToleranceSection Tolerance { get; init; }

    public required IReadOnlyList<ArraySection> Arrays { get; init; }

    public IReadOnlyList<string> GradNames { get; init; } = [];

    public IReadOnlyDictionary<string, JsonElement> Names { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Expected scalars that are not in the archive; null is NaN.</summary>
    public JsonElement? Results { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }
}

/// <summary>Section 3: how every entry of the state dict gets its value.</summary>
public sealed record WeightSection
{
    /// <summary>fill or none.</summary>
    public required string Rule { get; init; }

    public IReadOnlyList<string> Kept { get; init; } = [];

    public IReadOnlyList<AdjustSection> Adjust { get; init; } = [];

    public IReadOnlyList<ModuleSection> Modules { get; init; } = [];

    public IReadOnlyDictionary<string, string> FillNames { get; init; } = new Dictionary<string, string>();

    /// <summary>Pairs [from, to] of name prefixes.</summary>
    public IReadOnlyList<string[]> Aliases { get; init; } = [];

    public string? Note { get; init; }

    public bool Manual { get; init; }
}

/// <summary>One change of filled values.</summary>
public sealed record AdjustSection
{
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>multiply, add, set or add_constructor.</summary>
    public required string Op { get; init; }

    public JsonElement? Value { get; init; }

    public string? Rule { get; init; }

    public int? Rank { get; init; }

    public int? MinRank { get; init; }

    public IReadOnlyList<string> Except { get; init; } = [];

    /// <summary>[from, to) on the first axis.</summary>
    public int[]? Slice { get; init; }
}

/// <summary>Parameters called prefix + x are filled under fill_prefix + x.</summary>
public sealed record ModuleSection
{
    public required string Prefix { get; init; }

    public required string FillPrefix { get; init; }

    public string? Class { get; init; }
}

/// <summary>Section 4: one input.</summary>
public sealed record InputSection
{
    public required string Name { get; init; }

    public required int[] Shape { get; init; }

    public required string Dtype { get; init; }

    /// <summary>array, value or an expression.</summary>
    public required string Rule { get; init; }

    public string? Key { get; init; }

    public IReadOnlyDictionary<string, string> Keys { get; init; } = new Dictionary<string, string>();

    public JsonElement? Value { get; init; }

    public string? Note { get; init; }
}

/// <summary>Section 5: what replaced each kind of random draw: none, zero, constant, identity or draws.</summary>
public sealed record NoiseSection
{
    public string? Normal { get; init; }

    public string? Uniform { get; init; }

    public string? Bernoulli { get; init; }

    public string? Categorical { get; init; }

    public string? Permutation { get; init; }

    public IReadOnlyDictionary<string, double> Constant { get; init; } = new Dictionary<string, double>();

    public IReadOnlyList<DrawSection> Draws { get; init; } = [];

    public string? Note { get; init; }
}

/// <summary>One random draw of the original.</summary>
public sealed record DrawSection
{
    public required string Name { get; init; }

    public required int[] Shape { get; init; }

    /// <summary>normal, uniform, bernoulli, categorical or permutation.</summary>
    public required string Kind { get; init; }

    public required string Rule { get; init; }

    public string? Key { get; init; }

    /// <summary>train, forward or test where sequences start anew; else null.</summary>
    public string? Phase { get; init; }

    public string? Note { get; init; }
}

/// <summary>Section 6.</summary>
public sealed record ToleranceSection
{
    public required double Default { get; init; }

    public required double Gradients { get; init; }

    /// <summary>max or norm.</summary>
    public required string RelativeTo { get; init; }

    /// <summary>Limits of single arrays; null means that the array is not compared.</summary>
    public IReadOnlyDictionary<string, double?> Arrays { get; init; } = new Dictionary<string, double?>();

    public string? Reason { get; init; }

    [JsonPropertyName("float32_noise")]
    public JsonElement? Float32Noise { get; init; }

    [JsonPropertyName("float32_noise_meaning")]
    public string? Float32NoiseMeaning { get; init; }

    public JsonElement? SensitiveGradientNorms { get; init; }

    public bool Float64 { get; init; }

    [JsonPropertyName("float64_default")]
    public double? Float64Default { get; init; }
}

/// <summary>Section 7: one stored array.</summary>
public sealed record ArraySection
{
    public required string Name { get; init; }

    public required int[] Shape { get; init; }

    public required string Dtype { get; init; }

    public required string Meaning { get; init; }

    /// <summary>output, loss, gradient, gradient_norms, state or input.</summary>
    public required string Quantity { get; init; }

    public IReadOnlyList<StrideSection>? Stride { get; init; }

    public bool Flatten { get; init; }

    public string? Parameter { get; init; }

    /// <summary>grad_names or a key of names: what the entries are.</summary>
    public string? Order { get; init; }
}

/// <summary>The cut along one axis: start, start + step, .., at most Count of them.</summary>
public sealed record StrideSection
{
    public required int Start { get; init; }

    public required int Step { get; init; }

    public int? Count { get; init; }
}
