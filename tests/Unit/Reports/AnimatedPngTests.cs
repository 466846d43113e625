using System.Buffers.Binary;
using System.Text;
using Scenograph.Data.Formats;
using Scenograph.Reports.Pictures;
using Scenograph.Torch.Images;

namespace Scenograph.Tests.Unit.Reports;

public sealed class AnimatedPngTests
{
    private static readonly Image[] Frames = [.. Enumerable.Range(0, 3).Select(i => new Image(5, 4, 3, [.. Enumerable.Range(0, 60).Select(j => (byte)(i * 60 + j))]))];

    [Fact]
    public void What_does_not_know_it_shows_the_first_frame() =>
        Assert.Equal(Frames[0].Pixels, ImageFile.Read(AnimatedPng.Encode(Frames, 100), "x").Pixels);

    [Fact]
    public void Every_frame_is_there_in_its_order_with_sound_checksums()
    {
        var chunks = Chunks(AnimatedPng.Encode(Frames, 300));

        Assert.Equal(["IHDR", "acTL", "fcTL", "IDAT", "fcTL", "fdAT", "fcTL", "fdAT", "IEND"], chunks.Select(chunk => chunk.Type));
        Assert.Equal([0, 0, 0, 3, 0, 0, 0, 0], chunks[1].Data);
        Assert.Equal([0, 1, 2, 3, 4], chunks.Where(chunk => chunk.Type is "fcTL" or "fdAT").Select(chunk => BinaryPrimitives.ReadInt32BigEndian(chunk.Data)));
        Assert.Equal((300, 1000), (BinaryPrimitives.ReadInt16BigEndian(chunks[2].Data.AsSpan(20)), BinaryPrimitives.ReadInt16BigEndian(chunks[2].Data.AsSpan(22))));
        for (var i = 1; i < 3; i++)
        {
            // The frame's data make a PNG of their own.
            byte[] png = [.. ImageFile.EncodePng(Frames[0]).AsSpan(0, 8), .. Chunk("IHDR", chunks[0].Data), .. Chunk("IDAT", chunks[3 + (2 * i)].Data[4..]), .. Chunk("IEND", [])];
            Assert.Equal(Frames[i].Pixels, ImageFile.Read(png, "frame").Pixels);
        }
    }

    [Fact]
    public void Frames_of_several_sizes_are_refused() =>
        Assert.Throws<ArgumentException>(() => AnimatedPng.Encode([Frames[0], new Image(4, 5, 3, new byte[60])], 100));

    private static List<(string Type, byte[] Data)> Chunks(byte[] png)
    {
        var chunks = new List<(string, byte[])>();
        for (var at = 8; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            Assert.Equal(Crc32.Compute(png.AsSpan(at + 4, length + 4)), BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at + 8 + length)));
            chunks.Add((Encoding.ASCII.GetString(png, at + 4, 4), png[(at + 8)..(at + 8 + length)]));
            at += 12 + length;
        }

        return chunks;
    }

    private static byte[] Chunk(string type, byte[] data)
    {
        byte[] content = [.. Encoding.ASCII.GetBytes(type), .. data];
        var (length, checksum) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc32.Compute(content));
        return [.. length, .. content, .. checksum];
    }
}
