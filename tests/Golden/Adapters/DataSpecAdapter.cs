using System.Text.Json;
using Scenograph.Data;
using Scenograph.Data.Specs;
using Scenograph.Tests.Golden.Harness;

namespace Scenograph.Tests.Golden.Adapters;

/// <summary>The table of data specs: what each is read as, or which sort of mistake it is.</summary>
public sealed class DataSpecAdapter : IGoldenAdapter
{
    /// <inheritdoc/>
    public string Model => "metrics";

    /// <inheritdoc/>
    public bool CanRun(GoldenCase goldenCase) => goldenCase.Sections.Case.StartsWith("dataspec", StringComparison.Ordinal);

    /// <inheritdoc/>
    public GoldenResult Run(GoldenCase goldenCase, GoldenPrecision precision)
    {
        var result = new GoldenResult();
        foreach (var row in goldenCase.Config.GetProperty("cases").EnumerateArray())
        {
            Compare(row, result);
        }

        return result;
    }

    private static void Compare(JsonElement row, GoldenResult result)
    {
        var text = row.GetProperty("spec").GetString()!;
        var isSpec = DataSpec.TryParse(text, out var spec, out var problem);
        result.Expect(ErrorType(row, "error"), Python(problem), $"the mistake in {text}");
        if (!isSpec || row.TryGetProperty("error", out _))
        {
            return;
        }

        result.Expect(row.GetProperty("datasets").ToString().Replace(" ", "", StringComparison.Ordinal), Sources(spec!), $"the data sets of {text}");
        result.Expect(row.GetProperty("name").GetString(), spec!.Name, $"the name of {text}");
        result.Expect(Numbers(row.GetProperty("size")), spec.Size is { } size ? $"{size.Height},{size.Width}" : null, $"the size of {text}");
        foreach (var (flag, ours) in new[]
        {
            ("crop", spec.Crop), ("flip", spec.Flip), ("obj", spec.OnlyObject), ("sub_bg", spec.BlackBackground), ("rng_bg", spec.RandomBackground),
            ("rng_sob", spec.OneRandomObjectColor), ("rng_dob", spec.EachObjectRandomColor),
        })
        {
            result.Expect(row.GetProperty(flag).GetBoolean(), ours, $"{flag} of {text}");
        }

        result.Expect(row.GetProperty("max").GetInt32(), spec.MaximumObjects ?? -1, $"max of {text}");
        var hasShape = spec.TryGetShape(out var shape, out var shapeProblem);
        result.Expect(ErrorType(row, "shape_error"), Python(shapeProblem), $"the mistake in the shape of {text}");
        if (hasShape && row.TryGetProperty("shape", out var expected))
        {
            result.Expect(Numbers(expected), shape is { } one ? $"{one.Channels},{one.Height},{one.Width}" : null, $"the shape of {text}");
        }
    }

    private static string? ErrorType(JsonElement row, string key) => row.TryGetProperty(key, out var error) ? error.GetString()!.Split(':')[0] : null;

    private static string? Python(DataSpecProblem? problem) => problem?.Kind switch
    {
        null => null,
        DataSpecProblemKind.Name => "KeyError",
        _ => "ValueError",
    };

    private static string Sources(DataSpec spec) => JsonSerializer.Serialize(spec.Items.Select(item => new[] { item.Name, item.Variant }));

    private static string? Numbers(JsonElement list) =>
        list.ValueKind == JsonValueKind.Array ? string.Join(',', list.EnumerateArray().Select(number => number.GetInt32())) : null;
}
