using System.Text;
using System.Text.Json;
using Scenograph.Torch;
using Scenograph.Torch.Files;

namespace Scenograph.Reports;

/// <summary>Takes a metrics file apart, line by line.</summary>
internal static class MetricsLines
{
    public const string StepKey = "step";
    public const string KindKey = "kind";

    // No run writes lines near this; it bounds the memory that a file without line ends can ask for.
    private const int LongestLine = 1 << 24;

    /// <param name="Record">Null for a last line that was cut off.</param>
    /// <param name="End">Offset in the file after the line, in bytes.</param>
    /// <param name="HasNewLine">False for a last line that is whole but for its line end.</param>
    public sealed record Line(MetricsRecord? Record, long End, bool HasNewLine);

    public static IEnumerable<Line> Read(string path)
    {
        using var file = InputFile.Open(path);
        var end = 0L;
        var number = 0;
        foreach (var (bytes, hasNewLine) in Split(file, path))
        {
            number++;
            end += bytes.Length + (hasNewLine ? 1 : 0);
            var problem = Parse(bytes, out var record);
            if (problem is not null && hasNewLine)
            {
                throw new InputException($"{path}, line {number}: {problem}");
            }
            yield return new Line(problem is null ? record : null, end, hasNewLine);
        }
    }

    private static IEnumerable<(byte[] Bytes, bool HasNewLine)> Split(FileStream file, string path)
    {
        var chunk = new byte[1 << 16];
        using var line = new MemoryStream();
        for (int read; (read = ReadChunk(file, chunk, path)) > 0;)
        {
            for (var start = 0; start < read;)
            {
                var length = chunk.AsSpan(start, read - start).IndexOf((byte)'\n');
                line.Write(chunk, start, length < 0 ? read - start : length);
                if (line.Length > LongestLine)
                {
                    throw new InputException($"{path}: has a line of more than {LongestLine:N0} bytes; this is no metrics file");
                }
                if (length < 0)
                {
                    break;
                }
                start += length + 1;
                yield return (line.ToArray(), true);
                line.SetLength(0);
            }
        }
        if (line.Length > 0)
        {
            yield return (line.ToArray(), false);
        }
    }

    /// <returns>What is wrong, as a sentence; null where nothing is.</returns>
    private static string? Parse(byte[] line, out MetricsRecord? record)
    {
        record = null;
        try
        {
            return ParseObject(line, out record);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or DecoderFallbackException)
        {
            return "is not a JSON object; a metrics line reads {\"step\":1,\"kind\":\"train\",\"loss\":0.5}";
        }
    }

    private static string? ParseObject(byte[] line, out MetricsRecord? record)
    {
        record = null;
        long? step = null;
        string? kind = null;
        var values = new List<KeyValuePair<string, double>>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 2 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return "is not a JSON object; a metrics line reads {\"step\":1,\"kind\":\"train\",\"loss\":0.5}";
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (!names.Add(name))
            {
                return $"has '{name}' twice";
            }
            if (name == StepKey)
            {
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var whole) || whole < 0)
                {
                    return "its 'step' is not a whole number from 0 on";
                }
                step = whole;
            }
            else if (name == KindKey)
            {
                if (reader.TokenType != JsonTokenType.String)
                {
                    return "its 'kind' is not a text";
                }
                kind = reader.GetString();
            }
            else if (Number(ref reader) is { } value)
            {
                values.Add(new(name, value));
            }
            else
            {
                return $"its '{name}' is neither a number nor \"NaN\", \"Infinity\" or \"-Infinity\"";
            }
        }
        while (reader.Read())
        {
            // Reads on to the end, so that anything after the object is found.
        }
        if (step is null || kind is null)
        {
            return $"has no '{(step is null ? StepKey : KindKey)}'";
        }
        record = new MetricsRecord(step.Value, kind, values);
        return null;
    }

    private static double? Number(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number => reader.TryGetDouble(out var value) ? value : null,
        JsonTokenType.String => reader.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => null,
        },
        _ => null,
    };

    private static int ReadChunk(FileStream file, byte[] chunk, string path)
    {
        try
        {
            return file.Read(chunk);
        }
        catch (IOException failure)
        {
            throw new InputException($"{path}: cannot be read: {failure.Message}", failure);
        }
    }
}
