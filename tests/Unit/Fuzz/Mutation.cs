using System.Buffers.Binary;

namespace Scenograph.Tests.Unit.Fuzz;

/// <summary>What one mutation does to a file.</summary>
internal enum MutationKind
{
    FlipBit,
    SetByte,
    Truncate,
    Remove,
    Duplicate,
    Splice,
    SetLength16,
    SetLength32,
    SetLength64,
}

/// <param name="Kind">What is done.</param>
/// <param name="Place">Where, in millionths of the file's length.</param>
/// <param name="Size">How many bytes at most, or which bit or number.</param>
/// <param name="Value">The byte, the number's index, or the other seed.</param>
/// <param name="NearStart">Whether the place lies in the first 256 bytes, where headers are.</param>
internal sealed record Mutation(MutationKind Kind, int Place, int Size, int Value, bool NearStart)
{
    // Numbers that length fields break on.
    private static readonly ulong[] Lengths =
        [0, 1, 2, 7, 8, 9, 255, 256, 4096, 65_535, 65_536, 0x7fff_fffe, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff, 0x1_0000_0000, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0xffff_ffff_ffff_ffff];

    public byte[] Apply(byte[] file, IReadOnlyList<byte[]> seeds)
    {
        if (file.Length == 0)
        {
            return file;
        }
        var at = (int)((long)Place * (NearStart ? Math.Min(file.Length, 256) : file.Length) / 1_000_001);
        var count = Math.Min(1 + Size % 512, file.Length - at);
        return Kind switch
        {
            MutationKind.FlipBit => Changed(file, at, [(byte)(file[at] ^ (1 << (Size % 8)))]),
            MutationKind.SetByte => Changed(file, at, [(byte)Value]),
            MutationKind.Truncate => file[..at],
            MutationKind.Remove => [.. file[..at], .. file[(at + count)..]],
            MutationKind.Duplicate => [.. file[..(at + count)], .. file[at..]],
            MutationKind.Splice => Splice(file, at, count, seeds[Value % seeds.Count]),
            MutationKind.SetLength16 => Number(file, at, 2),
            MutationKind.SetLength32 => Number(file, at, 4),
            _ => Number(file, at, 8),
        };
    }

    private byte[] Splice(byte[] file, int at, int count, byte[] other)
    {
        var from = (int)((long)Place * 7919 % Math.Max(other.Length, 1));
        return [.. file[..at], .. other[from..Math.Min(from + count, other.Length)], .. file[(at + count)..]];
    }

    private byte[] Number(byte[] file, int at, int bytes)
    {
        var value = Size % 4 == 0 ? (ulong)(file.Length + Value % 16 - 8) : Lengths[Value % Lengths.Length];
        var number = new byte[8];
        if (Size % 2 == 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(number, value);
            return Changed(file, at, number[..bytes]);
        }
        BinaryPrimitives.WriteUInt64BigEndian(number, value);
        return Changed(file, at, number[^bytes..]);
    }

    private static byte[] Changed(byte[] file, int at, byte[] bytes)
    {
        var changed = (byte[])file.Clone();
        bytes.AsSpan(0, Math.Min(bytes.Length, file.Length - at)).CopyTo(changed.AsSpan(at));
        return changed;
    }
}
