using System.Buffers.Binary;
using System.IO.Compression;
using Scenograph.Torch;
using Scenograph.Torch.Files;

namespace Scenograph.Data.Formats;

/// <summary>
/// An array of unsigned bytes in the IDX format of MNIST and its successors: two zero bytes, type 8, the number of axes, each axis as a
/// big-endian 32-bit size, then the bytes. Files may be gzipped; the content tells, not the name.
/// </summary>
public sealed class Idx
{
    private const int UnsignedByte = 0x08;
    private const int MostAxes = 8;

    // A gzip file of a few bytes can claim any size; what published files hold is at most some five times their compressed size.
    private const long LargestRatio = 14;
    private const long AlwaysCredible = 32L << 20;

    private Idx(int[] shape, byte[] bytes)
    {
        Shape = shape;
        Bytes = bytes;
    }

    /// <summary>Sizes of the axes, e.g. [60000, 28, 28].</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The elements, row-major.</summary>
    public byte[] Bytes { get; }

    /// <param name="path">Plain or gzip.</param>
    /// <param name="axes">Number of axes that the caller expects: 3 for images, 1 for labels.</param>
    /// <exception cref="InputException">The file is missing, is no IDX file of unsigned bytes with so many axes, or its size does not match its header.</exception>
    public static Idx Read(string path, int axes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(axes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(axes, MostAxes);
        using var file = InputFile.Open(path);
        return Read(file, path, axes);
    }

    /// <param name="file">Must seek.</param>
    /// <param name="path">For messages.</param>
    /// <param name="axes">Number of axes that the caller expects.</param>
    internal static Idx Read(Stream file, string path, int axes)
    {
        var zipped = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        try
        {
            if (!zipped)
            {
                return Read(file, file.Length, path, axes);
            }

            using var unzipped = new GZipStream(file, CompressionMode.Decompress);
            return Read(unzipped, null, path, axes, (file.Length * LargestRatio) + AlwaysCredible);
        }
        catch (InvalidDataException exception)
        {
            throw new InputException($"{path}: the gzip data is damaged or cut off; fetch the file again.", exception);
        }
        catch (IOException exception)
        {
            throw new InputException($"{path}: the file cannot be read ({exception.Message})", exception);
        }
    }

    private static Idx Read(Stream stream, long? length, string path, int axes, long largest = long.MaxValue)
    {
        var header = new byte[4 + (4 * axes)];
        var headerRead = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (headerRead < 4 || header[0] != 0 || header[1] != 0)
        {
            throw new InputException($"{path}: not an IDX file; it must begin with 00 00 08 {axes:00}, but begins with {Hex(header.AsSpan(0, Math.Min(4, headerRead)))}.");
        }

        if (header[2] != UnsignedByte || header[3] != axes)
        {
            throw new InputException($"{path}: an IDX file with element type {header[2]:X2} and {header[3]} axes, but here one of type 08 (unsigned bytes) with {axes} is needed.");
        }

        if (headerRead < header.Length)
        {
            throw new InputException($"{path}: the IDX header ends after {headerRead} of {header.Length} bytes.");
        }

        var shape = new int[axes];
        var count = 1L;
        for (var axis = 0; axis < axes; axis++)
        {
            var size = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4 + (4 * axis)));
            // Each factor is below 2^32 and the product is cut at 2^31, so it cannot overflow.
            count = Math.Min(count * size, int.MaxValue);
            shape[axis] = (int)Math.Min(size, int.MaxValue);
        }

        var sizes = string.Join(" x ", shape);
        if (count >= Array.MaxLength)
        {
            throw new InputException($"{path}: the IDX header claims {sizes} bytes, more than this program reads (2 GB).");
        }

        if (length is { } whole && whole - header.Length != count)
        {
            throw new InputException($"{path}: {sizes} needs {count} bytes after the header, but {whole - header.Length} are there.");
        }

        if (count > largest)
        {
            throw new InputException($"{path}: the IDX header claims {sizes} bytes, more than the compressed size makes credible; unpack the file first if it is right.");
        }

        var bytes = new byte[count];
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < bytes.Length)
        {
            throw new InputException($"{path}: the data ends after {read} of {count} bytes; the file is cut off.");
        }

        return stream.ReadByte() < 0
            ? new Idx(shape, bytes)
            : throw new InputException($"{path}: more data follows after the {count} bytes of {sizes}.");
    }

    private static string Hex(ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty ? "nothing (the file is empty)" : string.Join(' ', Convert.ToHexString(bytes).Chunk(2).Select(pair => new string(pair)));
}
