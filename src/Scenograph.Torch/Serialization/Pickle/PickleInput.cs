using System.Buffers.Binary;
using System.Text;

namespace Scenograph.Torch.Serialization.Pickle;

/// <summary>The bytes of a pickle, read from front to back through a small buffer.</summary>
internal sealed class PickleInput(ByteSource source, long start, long end)
{
    private readonly byte[] buffer = new byte[1 << 14];
    private readonly StringBuilder line = new();
    private long bufferStart = start;
    private int bufferLength;

    /// <summary>Next byte to be read, counted from the start of the file.</summary>
    public long Position { get; private set; } = start;

    private long Remaining => end - Position;

    public byte Byte()
    {
        if (Position >= bufferStart + bufferLength)
        {
            Need(1);
            bufferStart = Position;
            bufferLength = (int)Math.Min(buffer.Length, Remaining);
            source.Read(bufferStart, buffer.AsSpan(0, bufferLength));
        }
        return buffer[Position++ - bufferStart];
    }

    public int UInt16() => Byte() | (Byte() << 8);

    public int Int32()
    {
        Span<byte> bytes = stackalloc byte[4];
        Fill(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    public long Int64()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    public double BigEndianDouble()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return BinaryPrimitives.ReadDoubleBigEndian(bytes);
    }

    /// <summary>As many bytes as asked for, if the file has so many: a length is never believed before that.</summary>
    public byte[] Bytes(long count)
    {
        Need(count);
        if (count < 0 || count > Array.MaxLength)
        {
            throw source.Refuse($"the pickle has a value of {count:N0} bytes at byte {Position:N0}, which is impossible");
        }
        var bytes = new byte[count];
        Fill(bytes);
        return bytes;
    }

    /// <summary>The text up to the end of the line, which is taken too.</summary>
    public string Line()
    {
        line.Clear();
        for (byte letter; (letter = Byte()) != '\n';)
        {
            line.Append((char)letter);
        }
        return line.ToString().TrimEnd('\r');
    }

    private void Fill(Span<byte> target)
    {
        Need(target.Length);
        var buffered = (int)Math.Clamp(bufferStart + bufferLength - Position, 0, target.Length);
        buffer.AsSpan((int)(Position - bufferStart) * Math.Sign(buffered), buffered).CopyTo(target);
        source.Read(Position + buffered, target[buffered..]);
        Position += target.Length;
    }

    private void Need(long count)
    {
        if (count > Remaining)
        {
            throw source.Refuse($"the pickle ends after {end:N0} of at least {Position + (Int128)count:N0} bytes");
        }
    }
}
