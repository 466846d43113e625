using System.Buffers.Binary;
using System.Numerics;

namespace Scenograph.Data.Formats;

/// <summary>CRC-32C (Castagnoli, reflected polynomial 0x82F63B78), and the masked form that TFRecord files store.</summary>
public static class Crc32C
{
    /// <summary>The checksum of <paramref name="data"/>; 0 for no bytes, 0xE3069283 for the nine digits "123456789".</summary>
    public static uint Compute(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        for (; data.Length >= sizeof(ulong); data = data[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        }
        foreach (var value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }
        return ~crc;
    }

    /// <summary>
    /// The checksum rotated and offset, ((crc &gt;&gt; 15 | crc &lt;&lt; 17) + 0xA282EAD8) mod 2^32, so that a checksum of bytes
    /// which themselves hold checksums stays strong.
    /// </summary>
    public static uint Masked(ReadOnlySpan<byte> data) => BitOperations.RotateRight(Compute(data), 15) + 0xA282EAD8u;
}
