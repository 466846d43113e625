using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Scenograph.Data.Formats;
using Scenograph.Torch;
using Scenograph.Torch.Files;

namespace Scenograph.Data.MultiObject;

/// <summary>
/// Scenes that can be read in any order, in memory or in a file:
/// <code>
/// 8 bytes of magic · blocks of <see cref="SceneBlock"/> · index, 20 bytes a scene: int64 offset, int32 length, uint32 CRC-32C, uint32 bits of the
/// visible entities · JSON: schema, whether all scenes of the source are here, the source's length and date · trailer: int64 place of the
/// index, int32 scenes, int32 length of the JSON, uint32 CRC-32C of index and JSON, 8 bytes of magic
/// </code>
/// </summary>
internal sealed class ScenePack : IDisposable
{
    private const int EntrySize = sizeof(long) + sizeof(int) + sizeof(uint) + sizeof(uint);
    private const int TrailerSize = sizeof(long) + sizeof(int) + sizeof(int) + sizeof(uint) + sizeof(ulong);
    private const int LongestAbout = 1 << 16;

    private readonly string place;
    private readonly SafeFileHandle? file;
    private readonly List<byte[]>? blocks;
    private readonly List<Entry> entries;

    private ScenePack(string place, SafeFileHandle? file, List<byte[]>? blocks, List<Entry> entries, PackAbout about)
    {
        this.place = place;
        this.file = file;
        this.blocks = blocks;
        this.entries = entries;
        About = about;
        Schema = MultiObjectSchema.Find(about.Schema)!;
    }

    private static ReadOnlySpan<byte> Magic => "SGSCENE1"u8;

    public PackAbout About { get; }

    public MultiObjectSchema Schema { get; }

    public int Count => entries.Count;

    /// <summary>Decodes one scene; any thread may.</summary>
    /// <exception cref="InputException">The file is damaged or went away.</exception>
    public MultiObjectScene Read(int scene)
    {
        if (blocks is not null)
        {
            return SceneBlock.Unpack(blocks[scene], Schema, place);
        }

        var entry = entries[scene];
        var block = new byte[entry.Length];
        return ReadAt(file!, block, entry.Offset) && Crc32C.Compute(block) == entry.Checksum
            ? SceneBlock.Unpack(block, Schema, $"{place}, scene {scene}")
            : throw new InputException($"{place}: scene {scene} is damaged; remove the file, and it is made anew");
    }

    /// <summary>Which entities a scene has, without decoding it.</summary>
    public bool[] VisibleAt(int scene)
    {
        var visible = new bool[Schema.Entities];
        for (var i = 0; i < visible.Length; i++)
        {
            visible[i] = (entries[scene].Visible >> i & 1) == 1;
        }

        return visible;
    }

    public void Dispose() => file?.Dispose();

    /// <summary>Opens a pack's file; null where there is none, or one that is broken or of another version, which is then made anew.</summary>
    public static ScenePack? TryOpen(string path)
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
            if (Load(file) is var (entries, about) && MultiObjectSchema.Find(about.Schema) is not null)
            {
                var pack = new ScenePack(path, file, null, entries, about);
                file = null;
                return pack;
            }

            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>Keeps scenes in memory.</summary>
    public static ScenePack InMemory(string place, IEnumerable<PackedScene> scenes, Func<PackAbout> about)
    {
        List<byte[]> blocks = [];
        List<Entry> entries = [];
        foreach (var (block, visible) in scenes)
        {
            blocks.Add(block);
            entries.Add(new Entry(0, block.Length, 0, Bits(visible)));
        }

        return new ScenePack(place, null, blocks, entries, about());
    }

    /// <summary>Writes scenes into a file, which is wholly there or not at all.</summary>
    /// <exception cref="InputException">The file cannot be written, or the scenes cannot be read.</exception>
    public static void Write(string path, IEnumerable<PackedScene> scenes, Func<PackAbout> about) => AtomicFile.Write(path, stream =>
    {
        stream.Write(Magic);
        using var index = new MemoryStream();
        var at = (long)Magic.Length;
        Span<byte> entry = stackalloc byte[EntrySize];
        foreach (var (block, visible) in scenes)
        {
            stream.Write(block);
            BinaryPrimitives.WriteInt64LittleEndian(entry, at);
            BinaryPrimitives.WriteInt32LittleEndian(entry[8..], block.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], Crc32C.Compute(block));
            BinaryPrimitives.WriteUInt32LittleEndian(entry[16..], Bits(visible));
            index.Write(entry);
            at += block.Length;
        }

        var count = (int)(index.Length / EntrySize);
        var text = JsonSerializer.SerializeToUtf8Bytes(about());
        index.Write(text);
        stream.Write(index.GetBuffer().AsSpan(0, (int)index.Length));
        Span<byte> trailer = stackalloc byte[TrailerSize];
        BinaryPrimitives.WriteInt64LittleEndian(trailer, at);
        BinaryPrimitives.WriteInt32LittleEndian(trailer[8..], count);
        BinaryPrimitives.WriteInt32LittleEndian(trailer[12..], text.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[16..], Crc32C.Compute(index.GetBuffer().AsSpan(0, (int)index.Length)));
        Magic.CopyTo(trailer[20..]);
        stream.Write(trailer);
    });

    private static (List<Entry> Entries, PackAbout About)? Load(SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file);
        var trailer = new byte[TrailerSize];
        if (length < Magic.Length + TrailerSize || !ReadAt(file, trailer, length - TrailerSize) || !trailer.AsSpan(20).SequenceEqual(Magic))
        {
            return null;
        }

        var at = BinaryPrimitives.ReadInt64LittleEndian(trailer);
        var count = BinaryPrimitives.ReadInt32LittleEndian(trailer.AsSpan(8));
        var aboutLength = BinaryPrimitives.ReadInt32LittleEndian(trailer.AsSpan(12));
        var size = ((long)count * EntrySize) + aboutLength;
        if (count < 1 || aboutLength is < 2 or > LongestAbout || at < Magic.Length || at + size + TrailerSize != length || size > Array.MaxLength)
        {
            return null;
        }

        var index = new byte[size];
        if (!ReadAt(file, index, at) || Crc32C.Compute(index) != BinaryPrimitives.ReadUInt32LittleEndian(trailer.AsSpan(16)))
        {
            return null;
        }

        var entries = new List<Entry>(count);
        for (var i = 0; i < count; i++)
        {
            var entry = index.AsSpan(i * EntrySize, EntrySize);
            entries.Add(new Entry(
                BinaryPrimitives.ReadInt64LittleEndian(entry), BinaryPrimitives.ReadInt32LittleEndian(entry[8..]),
                BinaryPrimitives.ReadUInt32LittleEndian(entry[12..]), BinaryPrimitives.ReadUInt32LittleEndian(entry[16..])));
            if (entries[i].Offset < Magic.Length || entries[i].Length < 0 || entries[i].Offset > at - entries[i].Length)
            {
                return null;
            }
        }

        return JsonSerializer.Deserialize<PackAbout>(index.AsSpan(count * EntrySize)) is { } about ? (entries, about) : null;
    }

    private static bool ReadAt(SafeFileHandle file, byte[] target, long offset)
    {
        var read = 0;
        while (read < target.Length)
        {
            var more = RandomAccess.Read(file, target.AsSpan(read), offset + read);
            if (more == 0)
            {
                return false;
            }

            read += more;
        }

        return true;
    }

    private static uint Bits(bool[] visible)
    {
        var bits = 0u;
        for (var i = 0; i < visible.Length; i++)
        {
            bits |= visible[i] ? 1u << i : 0;
        }

        return bits;
    }

    private readonly record struct Entry(long Offset, int Length, uint Checksum, uint Visible);
}

/// <summary>A scene on its way into a pack.</summary>
internal sealed record PackedScene(byte[] Block, bool[] Visible);

/// <summary>What a pack was made from.</summary>
/// <param name="Schema">Name of a <see cref="MultiObjectSchema"/>.</param>
/// <param name="Complete">Whether all scenes of the source are here, or only the first.</param>
/// <param name="SourceLength">Bytes of the TFRecord file.</param>
/// <param name="SourceDate">When it was last written, ticks of UTC.</param>
internal sealed record PackAbout(string Schema, bool Complete, long SourceLength, long SourceDate);
