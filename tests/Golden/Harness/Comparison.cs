using System.Text.Json;
using Scenograph.Data.Formats;

namespace Scenograph.Tests.Golden.Harness;

/// <summary>How far one array of ours is from the golden one.</summary>
/// <param name="Name">As in the case's json.</param>
/// <param name="Error">Relative, as the case says; infinity where a value is NaN or infinite on one side only.</param>
/// <param name="Limit">0 for integers.</param>
/// <param name="Problem">Why the arrays could not be compared at all, or null.</param>
public sealed record ArrayComparison(string Name, double Error, double Limit, string? Problem = null)
{
    public bool Passed => Problem is null && Error <= Limit;

    /// <summary>How much of the limit is used up; orders arrays by how bad they are.</summary>
    public double Strain => Problem is not null ? double.PositiveInfinity : Error == 0 ? 0 : Limit > 0 ? Error / Limit : double.MaxValue;
}

/// <summary>The comparison of README, section 6.</summary>
public static class Comparison
{
    private const string Float64Prefix = "f64:";

    /// <summary>Every array and scalar of the case that a run of this precision is held to.</summary>
    public static IEnumerable<ArrayComparison> Compare(GoldenCase goldenCase, GoldenResult ours, GoldenPrecision precision)
    {
        var wide = precision == GoldenPrecision.Float64 && goldenCase.Precisions.Count > 1;
        foreach (var array in goldenCase.Sections.Arrays)
        {
            if (array.Quantity != "input" && array.Name.StartsWith(Float64Prefix, StringComparison.Ordinal) == wide
                && LimitOf(goldenCase, array) is { } limit)
            {
                yield return CompareOne(goldenCase, array, ours, limit);
            }
        }

        if (!wide && goldenCase.Sections.Results is { } results)
        {
            foreach (var comparison in CompareScalars(goldenCase, results, ours))
            {
                yield return comparison;
            }
        }
    }

    /// <summary>max|ours − golden| / max|golden|, or the same with the L2 norm; where the golden is all zero, max|ours|.</summary>
    /// <param name="relativeTo">max or norm.</param>
    public static double Error(ReadOnlySpan<double> ours, ReadOnlySpan<double> golden, string relativeTo)
    {
        var (largestDifference, largestGolden, largestOurs) = (0.0, 0.0, 0.0);
        var (squaredDifference, squaredGolden) = (0.0, 0.0);
        for (var i = 0; i < golden.Length; i++)
        {
            // A NaN equals a NaN, an infinity itself; neither says anything of the scale.
            if (ours[i].Equals(golden[i]) && !double.IsFinite(golden[i]))
            {
                continue;
            }

            if (!double.IsFinite(ours[i]) || !double.IsFinite(golden[i]))
            {
                return double.PositiveInfinity;
            }

            var difference = Math.Abs(ours[i] - golden[i]);
            largestDifference = Math.Max(largestDifference, difference);
            largestGolden = Math.Max(largestGolden, Math.Abs(golden[i]));
            largestOurs = Math.Max(largestOurs, Math.Abs(ours[i]));
            squaredDifference += difference * difference;
            squaredGolden += golden[i] * golden[i];
        }

        return largestGolden == 0 ? largestOurs
            : relativeTo == "norm" ? Math.Sqrt(squaredDifference) / Math.Sqrt(squaredGolden)
            : largestDifference / largestGolden;
    }

    /// <summary>Flattens and cuts our array as the case's array was cut.</summary>
    /// <exception cref="FormatException">The cut has another number of axes than the array.</exception>
    public static HostArray Cut(HostArray array, ArraySection section)
    {
        var whole = section.Flatten ? array.Reshape(array.Count) : array;
        if (section.Stride is not { } stride)
        {
            return whole;
        }

        if (stride.Count != whole.Shape.Length)
        {
            throw new FormatException($"shape {HostArray.Describe(whole.Shape)} has not the {stride.Count} axes of the golden array before its cut");
        }

        var taken = stride.Select((cut, axis) => Taken(cut, whole.Shape[axis])).ToArray();
        var shape = taken.Select(indices => indices.Length).ToArray();
        var values = new double[HostArray.Size(shape)];
        for (var i = 0; i < values.Length; i++)
        {
            var (rest, source, step) = (i, 0, 1);
            for (var axis = shape.Length - 1; axis >= 0; axis--)
            {
                source += taken[axis][rest % shape[axis]] * step;
                rest /= shape[axis];
                step *= whole.Shape[axis];
            }

            values[i] = whole.Values[source];
        }

        return new HostArray(values, shape);
    }

    private static int[] Taken(StrideSection cut, int size)
    {
        var indices = new List<int>();
        // A negative start counts from the end.
        for (long index = cut.Start < 0 ? Math.Max(0, size + cut.Start) : cut.Start; index < size && cut.Step > 0 && indices.Count < (cut.Count ?? int.MaxValue); index += cut.Step)
        {
            indices.Add((int)index);
        }

        return [.. indices];
    }

    /// <summary>Null where the case says not to compare.</summary>
    private static double? LimitOf(GoldenCase goldenCase, ArraySection array)
    {
        var tolerance = goldenCase.Sections.Tolerance;
        if (tolerance.Arrays.TryGetValue(array.Name, out var own))
        {
            return own;
        }

        if (array.Name.StartsWith(Float64Prefix, StringComparison.Ordinal))
        {
            return tolerance.Float64Default ?? tolerance.Default;
        }

        return array.Quantity is "gradient" or "gradient_norms" ? tolerance.Gradients : tolerance.Default;
    }

    private static ArrayComparison CompareOne(GoldenCase goldenCase, ArraySection section, GoldenResult result, double limit)
    {
        var name = section.Name.StartsWith(Float64Prefix, StringComparison.Ordinal) ? section.Name[Float64Prefix.Length..] : section.Name;
        var golden = goldenCase.StoredArray(section.Name);
        var allowed = golden.Type.IsInteger() ? 0 : limit;
        if (!result.Arrays.TryGetValue(name, out var whole))
        {
            return new ArrayComparison(section.Name, double.NaN, allowed, "our model does not return it");
        }

        HostArray ours;
        try
        {
            ours = Cut(whole, section);
        }
        catch (FormatException exception)
        {
            return new ArrayComparison(section.Name, double.NaN, allowed, exception.Message);
        }

        var sameShape = ours.Shape.AsSpan().SequenceEqual(golden.Shape) || (IsScalar(ours.Shape) && IsScalar(golden.Shape));
        return sameShape
            ? new ArrayComparison(section.Name, Error(ours.Values, golden.ToDoubles(), goldenCase.Sections.Tolerance.RelativeTo), allowed)
            : new ArrayComparison(section.Name, double.NaN, allowed,
                $"our shape is {HostArray.Describe(ours.Shape)}, the golden one {HostArray.Describe(golden.Shape)}");
    }

    private static bool IsScalar(int[] shape) => shape is [] or [1];

    /// <summary>
    /// Numbers must be there and agree; null is NaN and true is 1, compared where we give a value, since some of these are
    /// remarks about the original and no results.
    /// </summary>
    private static IEnumerable<ArrayComparison> CompareScalars(GoldenCase goldenCase, JsonElement results, GoldenResult ours)
    {
        var tolerance = goldenCase.Sections.Tolerance;
        foreach (var (path, expected) in Scalars(results, ""))
        {
            var listed = tolerance.Arrays.TryGetValue(path, out var own) || tolerance.Arrays.TryGetValue(path[(path.LastIndexOf('.') + 1)..], out own);
            if (listed && own is null)
            {
                continue;
            }

            var limit = own ?? tolerance.Default;
            if (ours.Scalars.TryGetValue(path, out var value))
            {
                var golden = expected.ValueKind == JsonValueKind.Number ? expected.GetDouble()
                    : expected.ValueKind == JsonValueKind.Null ? double.NaN
                    : expected.ValueKind == JsonValueKind.True ? 1 : 0;
                yield return new ArrayComparison(path, Error([value], [golden], tolerance.RelativeTo), limit);
            }
            else if (expected.ValueKind == JsonValueKind.Number)
            {
                yield return new ArrayComparison(path, double.NaN, limit, "our model does not return it");
            }
        }
    }

    private static IEnumerable<(string Path, JsonElement Value)> Scalars(JsonElement element, string path)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                return element.EnumerateObject().SelectMany(property => Scalars(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}"));
            case JsonValueKind.Array:
                return element.EnumerateArray().SelectMany((item, index) =>
                    item.ValueKind == JsonValueKind.Array && item.GetArrayLength() == 2 && item[0].ValueKind == JsonValueKind.String
                        ? Scalars(item[1], $"{path}.{item[0].GetString()}")
                        : Scalars(item, $"{path}.{index}"));
            case JsonValueKind.String:
                return [];
            default:
                return [(path, element)];
        }
    }
}
