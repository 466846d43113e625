using System.Buffers.Binary;
using System.Text;

namespace Scenograph.Torch.Serialization;

/// <summary>Where the entries of a zip file lie, as torch writes it: stored without compression, with or without the zip64 fields.</summary>
internal sealed class ZipDirectory
{
    private const uint LocalMagic = 0x0403_4b50, CentralMagic = 0x0201_4b50, EndMagic = 0x0605_4b50, End64Magic = 0x0606_4b50, Locator64Magic = 0x0706_4b50;

    private readonly ByteSource source;
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    private ZipDirectory(ByteSource source) => this.source = source;

    private readonly record struct Entry(int Method, int Flags, long StoredLength, long Length, long HeaderStart);

    public IEnumerable<string> Names => entries.Keys;

    public static bool IsZip(ReadOnlySpan<byte> start) => start.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(start) == LocalMagic;

    public static ZipDirectory Read(ByteSource source)
    {
        var directory = new ZipDirectory(source);
        var (start, length) = directory.FindTable();
        directory.ReadTable(start, length);
        return directory;
    }

    /// <summary>Place and length of an entry's bytes in the file, or null where there is no such entry.</summary>
    public (long Start, long Length)? Find(string name)
    {
        if (!entries.TryGetValue(name, out var entry))
        {
            return null;
        }
        if (entry.Method != 0 || (entry.Flags & 1) != 0 || entry.StoredLength != entry.Length)
        {
            throw source.Refuse($"the zip entry {name} is compressed or encrypted, but torch stores its entries plainly");
        }
        Span<byte> header = stackalloc byte[30];
        Read(entry.HeaderStart, header, name);
        var start = entry.HeaderStart + 30 + U16(header, 26) + U16(header, 28);
        if (U32(header, 0) != LocalMagic || start > source.Length - entry.Length)
        {
            throw source.Refuse($"the zip entry {name} does not lie where the table of contents says");
        }
        return (start, entry.Length);
    }

    private (long Start, long Length) FindTable()
    {
        const int endLength = 22;
        var tail = new byte[Math.Min(source.Length, endLength + ushort.MaxValue)];
        source.Read(source.Length - tail.Length, tail);
        for (var at = tail.Length - endLength; at >= 0; at--)
        {
            if (U32(tail, at) != EndMagic || at + endLength + U16(tail, at + 20) > tail.Length)
            {
                continue;
            }
            long length = U32(tail, at + 12);
            long start = U32(tail, at + 16);
            if (at >= 20 && U32(tail, at - 20) == Locator64Magic)
            {
                Span<byte> end64 = stackalloc byte[56];
                Read((long)U64(tail, at - 20 + 8), end64, "of the table of contents");
                if (U32(end64, 0) != End64Magic)
                {
                    break;
                }
                length = (long)U64(end64, 40);
                start = (long)U64(end64, 48);
            }
            if (start < 0 || length < 0 || start > source.Length - length)
            {
                break;
            }
            return (start, length);
        }
        throw source.Refuse($"the zip's table of contents is missing or damaged; it should be the end of the file, which has {source.Length:N0} bytes and may be truncated");
    }

    private void ReadTable(long start, long length)
    {
        const int fixedLength = 46;
        if (length > Array.MaxLength)
        {
            throw source.Refuse($"the zip's table of contents has {length:N0} bytes, which is impossible for a checkpoint");
        }
        var table = new byte[length];
        source.Read(start, table);
        for (var at = 0; at < table.Length;)
        {
            if (table.Length - at < fixedLength || U32(table, at) != CentralMagic)
            {
                throw source.Refuse($"the zip's table of contents is damaged at byte {start + at:N0}");
            }
            var (nameLength, extraLength, commentLength) = (U16(table, at + 28), U16(table, at + 30), U16(table, at + 32));
            if (table.Length - at - fixedLength < nameLength + extraLength + commentLength)
            {
                throw source.Refuse($"the zip's table of contents is damaged at byte {start + at:N0}");
            }
            var name = Encoding.UTF8.GetString(table, at + fixedLength, nameLength);
            var entry = new Entry(U16(table, at + 10), U16(table, at + 8), U32(table, at + 20), U32(table, at + 24), U32(table, at + 42));
            entry = With64(entry, table.AsSpan(at + fixedLength + nameLength, extraLength));
            if (entry.Length < 0 || entry.Length > source.Length && entry.Method == 0 || entry.HeaderStart < 0 || entry.HeaderStart > source.Length - 30)
            {
                throw source.Refuse($"the zip entry {name} lies outside of the file");
            }
            if (!entries.TryAdd(name, entry))
            {
                throw source.Refuse($"the zip has two entries {name}");
            }
            at += fixedLength + nameLength + extraLength + commentLength;
        }
    }

    /// <summary>Fields that are all ones stand in the zip64 extra field instead, in this order.</summary>
    private static Entry With64(Entry entry, ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int size = U16(extra, 2);
            if (size > extra.Length - 4)
            {
                break;
            }
            if (U16(extra, 0) == 1)
            {
                var fields = extra.Slice(4, size);
                entry = entry with { Length = Field(entry.Length, ref fields) };
                entry = entry with { StoredLength = Field(entry.StoredLength, ref fields) };
                entry = entry with { HeaderStart = Field(entry.HeaderStart, ref fields) };
                break;
            }
            extra = extra[(4 + size)..];
        }
        return entry;
    }

    private static long Field(long value, ref ReadOnlySpan<byte> fields)
    {
        if (value != uint.MaxValue || fields.Length < 8)
        {
            return value;
        }
        value = (long)U64(fields, 0);
        fields = fields[8..];
        return value;
    }

    private void Read(long offset, Span<byte> target, string what)
    {
        if (offset < 0 || offset > source.Length - target.Length)
        {
            throw source.Refuse($"the zip entry {what} lies outside of the file");
        }
        source.Read(offset, target);
    }

    private static int U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static ulong U64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
}
