namespace Scenograph.Data.Formats;

/// <summary>CRC-32 as zip, gzip and PNG use it (reflected polynomial 0xEDB88320).</summary>
public static class Crc32
{
    private static readonly uint[] Table = MakeTable();

    /// <param name="bytes">Next part of the content.</param>
    /// <param name="previous">Checksum of all parts before; 0 at the start.</param>
    public static uint Compute(ReadOnlySpan<byte> bytes, uint previous = 0)
    {
        var crc = ~previous;
        foreach (var value in bytes)
        {
            crc = (crc >> 8) ^ Table[(byte)(crc ^ value)];
        }

        return ~crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320u & (uint)-(int)(crc & 1));
            }

            table[i] = crc;
        }

        return table;
    }
}
