using System.Buffers.Binary;
using Scenograph.Data.Formats;
using Scenograph.Torch.Images;

namespace Scenograph.Reports.Pictures;

/// <summary>
/// A PNG that moves (APNG, PNG specification third edition, section 11.3.6): the frames' own image data between frame headers. Browsers play it;
/// what does not know it shows the first frame.
/// </summary>
public static class AnimatedPng
{
    private const int SignatureSize = 8;

    /// <summary>The bytes of the file, which plays without end.</summary>
    /// <param name="frames">RGB images of one size, at least one.</param>
    /// <param name="milliseconds">For which each is shown, 1 to 65,535.</param>
    public static byte[] Encode(IReadOnlyList<Image> frames, int milliseconds)
    {
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentOutOfRangeException.ThrowIfZero(frames.Count);
        ArgumentOutOfRangeException.ThrowIfLessThan(milliseconds, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(milliseconds, ushort.MaxValue);
        using var file = new MemoryStream();
        var sequence = 0;
        foreach (var (number, frame) in frames.Index())
        {
            if ((frame.Width, frame.Height, frame.Channels) != (frames[0].Width, frames[0].Height, 3))
            {
                throw new ArgumentException($"frame {number} has {frame.Width} x {frame.Height} pixels and {frame.Channels} channels; all frames are RGB images of one size", nameof(frames));
            }

            var png = ImageFile.EncodePng(frame);
            if (number == 0)
            {
                file.Write(png.AsSpan(0, SignatureSize));
                WriteChunk(file, "IHDR"u8, Data(png, "IHDR"u8));
                WriteChunk(file, "acTL"u8, Numbers((uint)frames.Count, 0));
            }

            byte[] control = [.. Numbers((uint)sequence++, (uint)frame.Width, (uint)frame.Height, 0, 0), (byte)(milliseconds >> 8), (byte)milliseconds, 1000 >> 8, 1000 & 255, 0, 0];
            WriteChunk(file, "fcTL"u8, control);
            if (number == 0)
            {
                WriteChunk(file, "IDAT"u8, Data(png, "IDAT"u8));
            }
            else
            {
                WriteChunk(file, "fdAT"u8, [.. Numbers((uint)sequence++), .. Data(png, "IDAT"u8)]);
            }
        }

        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    /// <summary>The data of all chunks of a type, one after the other.</summary>
    private static byte[] Data(byte[] png, ReadOnlySpan<byte> type)
    {
        var data = new List<byte>();
        for (var at = SignatureSize; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            if (png.AsSpan(at + 4, 4).SequenceEqual(type))
            {
                data.AddRange(png.AsSpan(at + 8, length));
            }

            at += 12 + length;
        }

        return [.. data];
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        file.Write(Numbers((uint)data.Length));
        file.Write(type);
        file.Write(data);
        file.Write(Numbers(Crc32.Compute(data, Crc32.Compute(type))));
    }

    private static byte[] Numbers(params ReadOnlySpan<uint> numbers)
    {
        var bytes = new byte[4 * numbers.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4 * i), numbers[i]);
        }

        return bytes;
    }
}
