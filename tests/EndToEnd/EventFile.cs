using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Scenograph.Tests.EndToEnd;

/// <summary>What an event holds.</summary>
internal enum EventKind
{
    Scalar,
    Image,
    Histogram,
    Other,
}

/// <summary>One value of a TensorBoard event.</summary>
/// <param name="Step">Step of the run.</param>
/// <param name="Tag">Its name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Picture">The PNG of an image.</param>
/// <param name="Histogram">The numbers of a histogram.</param>
internal sealed record EventValue(long Step, string Tag, EventKind Kind, byte[]? Picture, Histogram? Histogram);

/// <summary>TensorBoard's HistogramProto.</summary>
/// <param name="Minimum">Smallest value.</param>
/// <param name="Maximum">Largest value.</param>
/// <param name="Number">How many values.</param>
/// <param name="Sum">Of the values.</param>
/// <param name="SumOfSquares">Of the values.</param>
/// <param name="Limits">Upper ends of the buckets.</param>
/// <param name="Counts">Values in each.</param>
internal sealed record Histogram(double Minimum, double Maximum, double Number, double Sum, double SumOfSquares, IReadOnlyList<double> Limits, IReadOnlyList<double> Counts);

/// <summary>Reads TensorBoard's event files from the definition of their format alone; nothing of the program's own is used.</summary>
internal static class EventFile
{
    /// <summary>All values, in the order of the file; every checksum is checked.</summary>
    public static IEnumerable<EventValue> Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        for (var at = 0; at < bytes.Length;)
        {
            // length (8 bytes), its checksum (4), content, the content's checksum (4)
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            Assert.Equal(Masked(bytes.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8)));
            var content = bytes.AsMemory(at + 12, length);
            Assert.Equal(Masked(content.Span), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 12 + length)));
            at += 16 + length;
            foreach (var value in Values(content)) yield return value;
        }
    }

    private static IEnumerable<EventValue> Values(ReadOnlyMemory<byte> content)
    {
        var fields = Fields(content).ToList();
        var step = fields.Where(field => field.Number == 2).Select(field => (long)field.Whole).FirstOrDefault();
        foreach (var summary in fields.Where(field => field.Number == 5))
        {
            foreach (var value in Fields(summary.Bytes).Where(field => field.Number == 1).Select(field => Fields(field.Bytes).ToList()))
            {
                var tag = Encoding.UTF8.GetString(value.Single(field => field.Number == 1).Bytes.Span);
                var image = value.Where(field => field.Number == 4).Select(field => Fields(field.Bytes).Single(part => part.Number == 4).Bytes.ToArray()).FirstOrDefault();
                var histogram = value.Where(field => field.Number == 5).Select(field => HistogramOf([.. Fields(field.Bytes)])).FirstOrDefault();
                var kind = value.Any(field => field.Number == 2) ? EventKind.Scalar : image is not null ? EventKind.Image
                    : histogram is not null ? EventKind.Histogram : EventKind.Other;
                yield return new(step, tag, kind, image, histogram);
            }
        }
    }

    private static Histogram HistogramOf(List<Field> fields)
    {
        double[] Doubles(int number) => MemoryMarshal.Cast<byte, double>(fields.Single(field => field.Number == number).Bytes.Span).ToArray();
        return new(Doubles(1)[0], Doubles(2)[0], Doubles(3)[0], Doubles(4)[0], Doubles(5)[0], Doubles(6), Doubles(7));
    }

    private sealed record Field(int Number, ulong Whole, ReadOnlyMemory<byte> Bytes);

    /// <summary>The fields of a protobuf message.</summary>
    private static IEnumerable<Field> Fields(ReadOnlyMemory<byte> message)
    {
        for (var at = 0; at < message.Length;)
        {
            var key = Varint(message, ref at);
            var number = (int)(key >> 3);
            var length = (key & 7) switch { 0 => 0, 1 => 8, 5 => 4, 2 => -1, var other => throw new InvalidDataException($"wire type {other}") };
            var whole = (key & 7) == 0 ? Varint(message, ref at) : 0;
            if (length < 0) length = (int)Varint(message, ref at);
            yield return new(number, whole, message.Slice(at, length));
            at += length;
        }
    }

    private static ulong Varint(ReadOnlyMemory<byte> message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var part = message.Span[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }
    }

    /// <summary>CRC-32C, bit by bit, turned and shifted as the format wants it.</summary>
    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78u);
        }
        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u;
    }
}
