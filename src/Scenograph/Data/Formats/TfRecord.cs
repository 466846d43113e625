using System.Buffers.Binary;
using System.IO.Compression;
using Scenograph.Torch;
using Scenograph.Torch.Files;

namespace Scenograph.Data.Formats;

/// <summary>
/// The framing of TFRecord and TensorBoard event files: records of a uint64 length, the masked CRC-32C of those 8 bytes, the
/// data, and the masked CRC-32C of the data, all little-endian. What the data means is its reader's concern.
/// </summary>
public static class TfRecord
{
    /// <summary>Bytes before the data of a record.</summary>
    private const int HeaderSize = sizeof(ulong) + sizeof(uint);

    /// <summary>Longest record that is read unless the caller allows more, in bytes: 32 MiB.</summary>
    public const int DefaultMaximumLength = 32 << 20;

    // A wrong length must not make us reserve what the file cannot hold: beyond this, memory grows only with bytes that arrived.
    private const int FirstChunk = 1 << 16;

    /// <summary>Writes one record.</summary>
    /// <exception cref="IOException">The stream cannot take it.</exception>
    public static void Write(Stream stream, ReadOnlySpan<byte> data)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Span<byte> header = stackalloc byte[HeaderSize];
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[sizeof(ulong)..], Crc32C.Masked(header[..sizeof(ulong)]));
        stream.Write(header);
        stream.Write(data);
        Span<byte> footer = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(footer, Crc32C.Masked(data));
        stream.Write(footer);
    }

    /// <summary>Reads a file's records one after the other; a file compressed with gzip as a whole is recognised by itself.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maximumLength">Longest record accepted, in bytes.</param>
    /// <exception cref="InputException">The file is missing, ends within a record, or fails a checksum. Thrown while enumerating.</exception>
    public static IEnumerable<byte[]> ReadFile(string path, int maximumLength = DefaultMaximumLength)
    {
        using var file = InputFile.Open(path);
        if (!IsGzip(file))
        {
            foreach (var record in Read(file, path, maximumLength))
            {
                yield return record;
            }
            yield break;
        }
        using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        foreach (var record in Read(unpacked, path, maximumLength))
        {
            yield return record;
        }
    }

    /// <summary>Reads a stream's records one after the other, up to its end.</summary>
    /// <param name="stream">Positioned at the start of a record; it need not be able to seek.</param>
    /// <param name="name">What messages call it, normally the file's path.</param>
    /// <param name="maximumLength">Longest record accepted, in bytes.</param>
    /// <exception cref="InputException">The stream ends within a record, or a checksum is wrong. Thrown while enumerating.</exception>
    public static IEnumerable<byte[]> Read(Stream stream, string name, int maximumLength = DefaultMaximumLength)
    {
        ArgumentNullException.ThrowIfNull(stream);
        for (var index = 0L; ; index++)
        {
            var record = ReadOne(stream, name, index, maximumLength);
            if (record is null)
            {
                yield break;
            }
            yield return record;
        }
    }

    private static byte[]? ReadOne(Stream stream, string name, long index, int maximumLength)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        var read = Fill(stream, header, name);
        if (read == 0)
        {
            return null;
        }
        if (read < HeaderSize)
        {
            throw new InputException($"{name}: the file ends within the header of record {index}, {read} of {HeaderSize} bytes are there");
        }
        if (BinaryPrimitives.ReadUInt32LittleEndian(header[sizeof(ulong)..]) != Crc32C.Masked(header[..sizeof(ulong)]))
        {
            throw new InputException($"{name}: the checksum of the length of record {index} is wrong; this is no TFRecord file, or it is damaged");
        }
        var length = BinaryPrimitives.ReadUInt64LittleEndian(header);
        if (length > (ulong)maximumLength)
        {
            throw new InputException($"{name}: record {index} declares {length:N0} bytes; at most {maximumLength:N0} are accepted");
        }
        var data = ReadData(stream, name, index, (int)length);
        Span<byte> footer = stackalloc byte[sizeof(uint)];
        if (Fill(stream, footer, name) < sizeof(uint))
        {
            throw new InputException($"{name}: the file ends within the checksum of record {index}");
        }
        if (BinaryPrimitives.ReadUInt32LittleEndian(footer) != Crc32C.Masked(data))
        {
            throw new InputException($"{name}: the checksum of record {index} is wrong; the file is damaged");
        }
        return data;
    }

    private static byte[] ReadData(Stream stream, string name, long index, int length)
    {
        var data = new byte[Math.Min(length, FirstChunk)];
        var read = 0;
        while (true)
        {
            read += Fill(stream, data.AsSpan(read), name);
            if (read < data.Length)
            {
                throw new InputException($"{name}: the file ends within record {index}, {read:N0} of {length:N0} bytes are there");
            }
            if (read == length)
            {
                return data;
            }
            Array.Resize(ref data, (int)Math.Min(length, 4L * data.Length));
        }
    }

    private static int Fill(Stream stream, Span<byte> buffer, string name)
    {
        try
        {
            return stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException)
        {
            throw new InputException($"{name}: cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>Gzip's magic bytes; a plain file can begin with them too, but then the checksum of its first length is right.</summary>
    private static bool IsGzip(FileStream file)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        var read = Fill(file, header, file.Name);
        file.Position = 0;
        var plain = read == HeaderSize && BinaryPrimitives.ReadUInt32LittleEndian(header[sizeof(ulong)..]) == Crc32C.Masked(header[..sizeof(ulong)]);
        return !plain && read >= 3 && header[0] == 0x1F && header[1] == 0x8B && header[2] == 8;
    }
}
