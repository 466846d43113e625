using System.Buffers.Binary;
using System.Text.Json;
using Scenograph.Torch.Files;

namespace Scenograph.Torch.Serialization;

/// <summary>
/// Tensors in a safetensors file (https://github.com/huggingface/safetensors), without needing libtorch. The header is read and
/// checked when the file is opened; a tensor's bytes are read when they are asked for, by any thread.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private readonly ByteSource source;
    private readonly SafetensorsHeader header;

    private SafetensorsFile(ByteSource source)
    {
        this.source = source;
        try
        {
            header = SafetensorsHeader.Read(source);
        }
        catch
        {
            source.Close();
            throw;
        }
    }

    /// <summary>Path or name, as errors give it.</summary>
    public string Name => source.Name;

    /// <summary>The texts under <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>All tensors, in the order of the header.</summary>
    public IReadOnlyList<SafetensorsTensor> Tensors => header.Tensors;

    /// <summary>Opens a file; keep it open while tensors are read.</summary>
    /// <exception cref="InputException">The file is missing, truncated, or breaks a rule of the format.</exception>
    public static SafetensorsFile Open(string path) => new(ByteSource.OfFile(path));

    /// <summary>Opens a file that lies in memory.</summary>
    /// <param name="file">Its bytes; kept, not copied.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InputException">The file is truncated or breaks a rule of the format.</exception>
    public static SafetensorsFile Open(ReadOnlyMemory<byte> file, string name) => new(ByteSource.OfMemory(file, name));

    /// <summary>Writes a file; it is wholly there or not at all, and what was there before stays when anything fails.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="entries">Names must differ. Laid out by falling element size, then by name, as the reference implementation does.</param>
    /// <param name="metadata">Texts by name, or null.</param>
    /// <exception cref="InputException">The disk is full, or the folder is missing or may not be written to.</exception>
    /// <exception cref="ArgumentException">An entry breaks a rule of the format.</exception>
    public static void Write(string path, IReadOnlyList<SafetensorsEntry> entries, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = Ordered(entries);
        AtomicFile.Write(path, stream => WriteAll(stream, ordered, metadata));
    }

    /// <summary>The bytes of a file, see <see cref="Write(string, IReadOnlyList{SafetensorsEntry}, IReadOnlyDictionary{string, string}?)"/>.</summary>
    public static void Write(Stream stream, IReadOnlyList<SafetensorsEntry> entries, IReadOnlyDictionary<string, string>? metadata = null) =>
        WriteAll(stream, Ordered(entries), metadata);

    /// <summary>The tensor of this name, or null.</summary>
    public SafetensorsTensor? Find(string name) => header.ByName.GetValueOrDefault(name);

    /// <summary>The elements of a tensor, row-major and little-endian.</summary>
    /// <exception cref="InputException">There is no such tensor, it has 2 GB or more, or the file cannot be read.</exception>
    public byte[] ReadBytes(string name)
    {
        var tensor = Find(name) ?? throw source.Refuse($"there is no tensor {name}");
        if (tensor.Length > Array.MaxLength)
        {
            throw source.Refuse($"tensor {name} has {tensor.Length:N0} bytes, too many to be read at once");
        }
        var bytes = GC.AllocateUninitializedArray<byte>((int)tensor.Length);
        Read(tensor, 0, bytes);
        return bytes;
    }

    /// <summary>Reads a part of a tensor into memory that is at hand.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="offset">First byte, counted from the tensor's start.</param>
    /// <param name="target">Filled wholly; offset and length must lie within the tensor.</param>
    /// <exception cref="InputException">The file cannot be read.</exception>
    public void Read(SafetensorsTensor tensor, long offset, Span<byte> target)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, tensor.Length - target.Length);
        source.Read(header.DataStart + tensor.Start + offset, target);
    }

    /// <inheritdoc/>
    public void Dispose() => source.Close();

    private static SafetensorsEntry[] Ordered(IReadOnlyList<SafetensorsEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (entry.Name == SafetensorsHeader.MetadataName || !names.Add(entry.Name))
            {
                throw new ArgumentException($"a tensor may not be called {entry.Name}: the name is taken", nameof(entries));
            }
            if (ElementType.Size(entry.ElementType) == 0 || entry.ElementType == "C128")
            {
                throw new ArgumentException($"tensor {entry.Name}: safetensors knows no element type {entry.ElementType}", nameof(entries));
            }
            if (entry.Shape.Any(size => size < 0) || ElementType.Bytes(entry.ElementType, [.. entry.Shape]) < 0)
            {
                throw new ArgumentException($"tensor {entry.Name}: the shape [{string.Join(", ", entry.Shape)}] is impossible", nameof(entries));
            }
        }
        return [.. entries.OrderByDescending(entry => ElementType.Size(entry.ElementType)).ThenBy(entry => entry.Name, StringComparer.Ordinal)];
    }

    private static void WriteAll(Stream stream, SafetensorsEntry[] entries, IReadOnlyDictionary<string, string>? metadata)
    {
        var json = HeaderJson(entries, metadata);
        var padding = (8 - json.Length % 8) % 8; // so that the tensors are aligned
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length + padding);
        stream.Write(length);
        stream.Write(json);
        stream.Write("       "u8[..padding]);
        foreach (var entry in entries)
        {
            var expected = ElementType.Bytes(entry.ElementType, [.. entry.Shape]);
            var start = stream.Position;
            entry.Write(stream);
            if (stream.Position - start != expected)
            {
                throw new ArgumentException($"tensor {entry.Name} wrote {stream.Position - start} bytes, but its type and shape ask for {expected}", nameof(entries));
            }
        }
    }

    private static byte[] HeaderJson(SafetensorsEntry[] entries, IReadOnlyDictionary<string, string>? metadata)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                writer.WriteStartObject(SafetensorsHeader.MetadataName);
                foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    writer.WriteString(key, value);
                }
                writer.WriteEndObject();
            }
            var start = 0L;
            foreach (var entry in entries)
            {
                var end = checked(start + ElementType.Bytes(entry.ElementType, [.. entry.Shape]));
                writer.WriteStartObject(entry.Name);
                writer.WriteString("dtype", entry.ElementType);
                WriteNumbers(writer, "shape", entry.Shape);
                WriteNumbers(writer, "data_offsets", [start, end]);
                writer.WriteEndObject();
                start = end;
            }
            writer.WriteEndObject();
        }
        return json.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string key, IEnumerable<long> numbers)
    {
        writer.WriteStartArray(key);
        foreach (var number in numbers)
        {
            writer.WriteNumberValue(number);
        }
        writer.WriteEndArray();
    }
}
