using System.Buffers.Binary;

namespace Scenograph.Tests.Unit.Images;

/// <summary>Makes the check sums of a damaged PNG fit, so that the damage reaches the decoder.</summary>
internal static class PngRepair
{
    public static byte[] CheckSums(byte[] file)
    {
        var repaired = (byte[])file.Clone();
        for (long at = 8; at + 12 <= repaired.Length;)
        {
            var size = BinaryPrimitives.ReadUInt32BigEndian(repaired.AsSpan((int)at));
            if (at + 12 + size > repaired.Length)
            {
                break;
            }
            var body = repaired.AsSpan((int)at + 4, (int)size + 4);
            BinaryPrimitives.WriteUInt32BigEndian(repaired.AsSpan((int)(at + 8 + size)), PngBuilder.Crc(body));
            at += 12 + size;
        }
        return repaired;
    }
}
