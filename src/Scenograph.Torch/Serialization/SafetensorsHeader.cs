using System.Buffers.Binary;
using System.Text.Json;

namespace Scenograph.Torch.Serialization;

/// <summary>
/// Reads the header of a safetensors file: 8 bytes of length, then a JSON object of tensors by name, each with dtype, shape and
/// data_offsets, and under <c>__metadata__</c> an object of texts. The format's description asks that no name comes twice and that
/// the tensors cover all bytes behind the header, without holes and without sharing.
/// </summary>
internal sealed class SafetensorsHeader
{
    public const string MetadataName = "__metadata__";

    /// <summary>As in the format's reference implementation.</summary>
    public const long LargestHeader = 100_000_000;

    /// <summary>libtorch itself goes no further.</summary>
    private const int LargestRank = 64;

    private readonly ByteSource source;

    private SafetensorsHeader(ByteSource source) => this.source = source;

    /// <summary>Where the tensors' bytes begin.</summary>
    public long DataStart { get; private set; }

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>In the order of the header.</summary>
    public List<SafetensorsTensor> Tensors { get; } = [];

    public Dictionary<string, SafetensorsTensor> ByName { get; } = new(StringComparer.Ordinal);

    public static SafetensorsHeader Read(ByteSource source)
    {
        var header = new SafetensorsHeader(source);
        var json = header.ReadJson();
        try
        {
            var reader = new Utf8JsonReader(json);
            header.ReadObject(ref reader);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text with broken UTF-8 or half a surrogate pair.
            var place = error is JsonException { BytePositionInLine: { } column } ? FormattableString.Invariant($" at its byte {column}") : "";
            throw new InputException($"{source.Name}: the safetensors header is not valid JSON{place}", error);
        }
        header.CheckCoverage();
        return header;
    }

    private byte[] ReadJson()
    {
        if (source.Length == 0)
        {
            throw source.Refuse($"the file is empty, but a safetensors file was expected");
        }
        if (source.Length < 8)
        {
            throw source.Refuse($"the file ends after {source.Length} bytes, within the 8 bytes that give the length of a safetensors header");
        }
        Span<byte> start = stackalloc byte[8];
        source.Read(0, start);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (length > (ulong)(source.Length - 8))
        {
            throw source.Refuse($"the safetensors header should have {length:N0} bytes, but only {source.Length - 8:N0} follow; the file is truncated or of another format");
        }
        if (length > LargestHeader)
        {
            throw source.Refuse($"the safetensors header has {length:N0} bytes, more than the {LargestHeader:N0} that the format allows");
        }
        DataStart = 8 + (long)length;
        var json = new byte[length];
        source.Read(8, json);
        return json.Length > 0 && json[0] == '{' ? json : throw source.Refuse($"the safetensors header does not begin with a brace, so the file is of another format");
    }

    private void ReadObject(ref Utf8JsonReader reader)
    {
        reader.Read();
        var seenMetadata = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name == MetadataName)
            {
                if (seenMetadata)
                {
                    throw source.Refuse($"{MetadataName} comes twice in the safetensors header");
                }
                seenMetadata = true;
                ReadMetadata(ref reader);
                continue;
            }
            var tensor = ReadTensor(ref reader, name);
            if (!ByName.TryAdd(name, tensor))
            {
                throw source.Refuse($"tensor {name} comes twice in the safetensors header");
            }
            Tensors.Add(tensor);
        }
        reader.Read(); // anything but blanks behind the object throws
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw source.Refuse($"{MetadataName} of the safetensors header is no object of texts");
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                throw source.Refuse($"{MetadataName}.{key} of the safetensors header is no text");
            }
            if (!Metadata.TryAdd(key, reader.GetString()!))
            {
                throw source.Refuse($"{MetadataName}.{key} comes twice in the safetensors header");
            }
        }
    }

    private SafetensorsTensor ReadTensor(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw source.Refuse($"tensor {name} of the safetensors header is no object with dtype, shape and data_offsets");
        }
        string? elementType = null;
        long[]? shape = null;
        long[]? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            var twice = key switch { "dtype" => elementType != null, "shape" => shape != null, "data_offsets" => offsets != null, _ => false };
            if (twice)
            {
                throw source.Refuse($"tensor {name} has {key} twice in the safetensors header");
            }
            switch (key)
            {
                case "dtype" when reader.TokenType == JsonTokenType.String:
                    elementType = reader.GetString()!;
                    break;
                case "shape":
                    shape = ReadNumbers(ref reader, name, key);
                    break;
                case "data_offsets":
                    offsets = ReadNumbers(ref reader, name, key);
                    break;
                default:
                    throw source.Refuse($"tensor {name} has an entry {key} which is unknown or of the wrong kind in the safetensors header");
            }
        }
        if (elementType == null || shape == null || offsets is not [var start, var end])
        {
            throw source.Refuse($"tensor {name} of the safetensors header lacks its dtype, shape or two data_offsets");
        }
        return Checked(name, elementType, shape, start, end);
    }

    private SafetensorsTensor Checked(string name, string elementType, long[] shape, long start, long end)
    {
        if (ElementType.Size(elementType) == 0)
        {
            throw source.Refuse($"tensor {name} has the element type {elementType}, which is unknown");
        }
        if (start > end)
        {
            throw source.Refuse($"tensor {name} should end at byte {end:N0}, before its start at {start:N0}");
        }
        var expected = ElementType.Bytes(elementType, shape);
        if (expected != end - start)
        {
            throw source.Refuse($"tensor {name} of type {elementType} and shape [{string.Join(", ", shape)}] does not fit into the {end - start:N0} bytes that its offsets leave it");
        }
        return new SafetensorsTensor(name, elementType, shape, start, end - start);
    }

    private long[] ReadNumbers(ref Utf8JsonReader reader, string name, string key)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw source.Refuse($"{key} of tensor {name} is no list in the safetensors header");
        }
        Span<long> numbers = stackalloc long[LargestRank];
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (count == LargestRank)
            {
                throw source.Refuse($"{key} of tensor {name} has more than {LargestRank} numbers in the safetensors header");
            }
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0)
            {
                throw source.Refuse($"{key} of tensor {name} holds something other than whole numbers from 0 on in the safetensors header");
            }
            numbers[count++] = number;
        }
        return numbers[..count].ToArray();
    }

    private void CheckCoverage()
    {
        var present = source.Length - DataStart;
        var covered = 0L;
        foreach (var tensor in Tensors.OrderBy(tensor => tensor.Start).ThenBy(tensor => tensor.Length))
        {
            if (tensor.Start != covered)
            {
                var what = tensor.Start > covered ? "leaves a hole" : "shares bytes with another";
                throw source.Refuse($"tensor {tensor.Name} begins at byte {tensor.Start:N0} of the data where {covered:N0} was expected, so it {what}");
            }
            covered += tensor.Length; // no overflow: each start equals the sum so far, and start plus length is an offset of the header
        }
        if (covered > present)
        {
            throw source.Refuse($"the file ends after {source.Length:N0} of {DataStart + covered:N0} bytes");
        }
        if (covered < present)
        {
            throw source.Refuse($"{present - covered:N0} bytes follow the last tensor of the safetensors file, which must end with it");
        }
    }
}
