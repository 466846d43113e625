using System.Buffers.Binary;
using System.IO.Compression;

namespace Scenograph.Tests;

/// <summary>Small IDX files in MNIST's form: digit i is of class i mod 10 and is a filled block whose place tells the class.</summary>
internal static class DigitFiles
{
    public const int TrainCount = 400;
    public const int TestCount = 150;

    /// <param name="folder">Of the test.</param>
    /// <param name="under">A folder in it, with a slash at its end.</param>
    public static void Write(TemporaryFolder folder, string under = "")
    {
        WritePair(folder, $"{under}train", TrainCount);
        WritePair(folder, $"{under}t10k", TestCount);
    }

    public static byte[] Idx(ReadOnlySpan<byte> elements, params ReadOnlySpan<int> shape)
    {
        var bytes = new byte[4 + (4 * shape.Length) + elements.Length];
        bytes[2] = 8;
        bytes[3] = (byte)shape.Length;
        for (var axis = 0; axis < shape.Length; axis++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 + (4 * axis)), shape[axis]);
        }

        elements.CopyTo(bytes.AsSpan(4 + (4 * shape.Length)));
        return bytes;
    }

    public static byte[] Zip(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return zipped.ToArray();
    }

    private static void WritePair(TemporaryFolder folder, string part, int count)
    {
        var pixels = new byte[count * 28 * 28];
        var classes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            classes[i] = (byte)(i % 10);
            for (var row = 6; row < 22; row++)
            {
                for (var column = 4 + classes[i]; column < 16 + classes[i]; column++)
                {
                    pixels[(((i * 28) + row) * 28) + column] = 200;
                }
            }
        }

        folder.Write($"{part}-images-idx3-ubyte.gz", Zip(Idx(pixels, count, 28, 28)));
        folder.Write($"{part}-labels-idx1-ubyte", Idx(classes, count));
    }
}
