using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Scenograph.Tests.Unit.Images;

/// <summary>Writes PNG files of any colour type, depth and interlacing from samples, independently of libpng (the format's specification).</summary>
internal sealed class PngBuilder(int width, int height, int colourType, int bitDepth)
{
    public const int Grey = 0, Rgb = 2, Palette = 3, GreyAlpha = 4, Rgba = 6;

    private static readonly (int X, int Y, int StepX, int StepY)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    private readonly List<(string Type, byte[] Data)> before = [];

    public bool Interlaced { get; init; }

    /// <summary>Sizes written into the header in place of the true ones.</summary>
    public (int Width, int Height)? Declared { get; init; }

    public int Channels => colourType switch { Rgb => 3, GreyAlpha => 2, Rgba => 4, _ => 1 };

    public PngBuilder With(string type, params byte[] data)
    {
        before.Add((type, data));
        return this;
    }

    /// <param name="sample">Value at (x, y, channel), 0 to 2^bitDepth − 1.</param>
    public byte[] Build(Func<int, int, int, int> sample)
    {
        var raw = new MemoryStream();
        if (Interlaced)
        {
            foreach (var (x, y, stepX, stepY) in Adam7)
            {
                Rows(raw, x, y, stepX, stepY, sample);
            }
        }
        else
        {
            Rows(raw, 0, 0, 1, 1, sample);
        }
        var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(raw.ToArray());
        }
        return Assemble(compressed.ToArray());
    }

    /// <param name="compressed">The content of the one IDAT chunk.</param>
    public byte[] Assemble(byte[] compressed)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Declared?.Width ?? width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Declared?.Height ?? height);
        (header[8], header[9], header[12]) = ((byte)bitDepth, (byte)colourType, Interlaced ? (byte)1 : (byte)0);

        var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]);
        Chunk(file, "IHDR", header);
        before.ForEach(chunk => Chunk(file, chunk.Type, chunk.Data));
        Chunk(file, "IDAT", compressed);
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    private void Rows(MemoryStream raw, int startX, int startY, int stepX, int stepY, Func<int, int, int, int> sample)
    {
        if (startX >= width)
        {
            return;
        }
        for (var y = startY; y < height; y += stepY)
        {
            raw.WriteByte(0); // no filter
            var (bits, count) = (0, 0);
            for (var x = startX; x < width; x += stepX)
            {
                for (var channel = 0; channel < Channels; channel++)
                {
                    var value = sample(x, y, channel);
                    if (bitDepth == 16)
                    {
                        raw.WriteByte((byte)(value >> 8));
                        raw.WriteByte((byte)value);
                        continue;
                    }
                    bits = (bits << bitDepth) | value;
                    count += bitDepth;
                    if (count == 8)
                    {
                        raw.WriteByte((byte)bits);
                        (bits, count) = (0, 0);
                    }
                }
            }
            if (count > 0)
            {
                raw.WriteByte((byte)(bits << (8 - count)));
            }
        }
    }

    private static void Chunk(MemoryStream file, string type, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
        file.Write(number);
    }

    public static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = 0xffffffffu;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xedb88320u);
            }
        }
        return ~crc;
    }
}
