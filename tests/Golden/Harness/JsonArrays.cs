using System.Text.Json;

namespace Scenograph.Tests.Golden.Harness;

/// <summary>Nested lists of numbers in json as arrays.</summary>
public static class JsonArrays
{
    /// <summary>A number, or lists of one length at each level; null is NaN, true is 1.</summary>
    /// <exception cref="FormatException">The lists are ragged or hold something else.</exception>
    public static HostArray Read(JsonElement element)
    {
        var shape = new List<int>();
        for (var level = element; level.ValueKind == JsonValueKind.Array; level = level[0])
        {
            shape.Add(level.GetArrayLength());
            if (level.GetArrayLength() == 0)
            {
                break;
            }
        }

        var values = new List<double>();
        Collect(element, 0);
        return new HostArray([.. values], [.. shape]);

        void Collect(JsonElement part, int depth)
        {
            if (part.ValueKind == JsonValueKind.Array)
            {
                if (depth >= shape.Count || part.GetArrayLength() != shape[depth])
                {
                    throw new FormatException("a list of numbers is ragged");
                }

                foreach (var inner in part.EnumerateArray())
                {
                    Collect(inner, depth + 1);
                }

                return;
            }

            if (depth != shape.Count)
            {
                throw new FormatException("a list of numbers is ragged");
            }

            values.Add(part.ValueKind switch
            {
                JsonValueKind.Number => part.GetDouble(),
                JsonValueKind.Null => double.NaN,
                JsonValueKind.True => 1,
                JsonValueKind.False => 0,
                _ => throw new FormatException($"'{part}' is no number"),
            });
        }
    }
}
