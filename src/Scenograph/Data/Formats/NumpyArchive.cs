using System.IO.Compression;
using Scenograph.Torch;
using Scenograph.Torch.Files;

namespace Scenograph.Data.Formats;

/// <summary>
/// A .npz file: a zip of .npy files, stored or deflated. Arrays are read one at a time when asked for. An array that claims
/// to be far larger than its compressed bytes make credible is refused before anything is allocated.
/// </summary>
public sealed class NumpyArchive : IDisposable
{
    private const long AlwaysAllowed = 48L << 20;
    private const int LongestName = 500;
    private readonly string place;
    private readonly ZipArchive zip;
    private readonly long largest;
    private readonly Dictionary<string, ZipArchiveEntry> entries = new(StringComparer.Ordinal);

    private NumpyArchive(Stream stream, string place, double expansion)
    {
        this.place = place;
        largest = (long)Math.Min(stream.Length * expansion + AlwaysAllowed, long.MaxValue / 2);
        zip = Guard(place, () => new ZipArchive(stream, ZipArchiveMode.Read));
        try
        {
            foreach (var entry in Guard(place, () => zip.Entries))
            {
                var name = entry.FullName.EndsWith(".npy", StringComparison.Ordinal) ? entry.FullName[..^4] : entry.FullName;
                if (name.Length > LongestName || name.Any(char.IsControl))
                {
                    throw new InputException($"{place}: the archive holds an array whose name cannot be printed.");
                }

                if (!entries.TryAdd(name, entry))
                {
                    throw new InputException($"{place}: the archive holds two arrays called '{name}'.");
                }
            }
        }
        catch
        {
            zip.Dispose();
            throw;
        }
    }

    /// <summary>Names of the arrays in the order of the archive, without <c>.npy</c>.</summary>
    public IReadOnlyCollection<string> Names => entries.Keys;

    /// <summary>Opens an archive; no array is read yet.</summary>
    /// <param name="path">The .npz file.</param>
    /// <param name="expansion">An array may be this many times larger than the whole file, plus 48 MB. Deflate reaches 1,032.</param>
    /// <exception cref="InputException">The file is missing or is no zip archive.</exception>
    public static NumpyArchive Open(string path, double expansion = 16)
    {
        var stream = InputFile.Open(path);
        try
        {
            return stream.CanSeek ? new NumpyArchive(stream, path, expansion) : throw new InputException($"{path}: archives are read from files, not from pipes.");
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Opens an archive in memory or in any seekable stream, which is closed with it.</summary>
    /// <param name="stream">Seekable.</param>
    /// <param name="place">Name for messages.</param>
    /// <param name="expansion">See <see cref="Open(string, double)"/>.</param>
    public static NumpyArchive Open(Stream stream, string place, double expansion = 16)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new NumpyArchive(stream, place, expansion);
    }

    /// <summary>Reads every array of a file.</summary>
    /// <exception cref="InputException">The file is missing or broken.</exception>
    public static IReadOnlyDictionary<string, NumpyArray> ReadAll(string path)
    {
        using var archive = Open(path);
        return archive.Names.ToDictionary(name => name, archive.Read, StringComparer.Ordinal);
    }

    /// <summary>Whether the archive has an array of this name.</summary>
    public bool Contains(string name) => entries.ContainsKey(name);

    /// <summary>Reads one array and checks its checksum.</summary>
    /// <exception cref="InputException">There is no such array, or it is broken.</exception>
    public NumpyArray Read(string name)
    {
        if (!entries.TryGetValue(name, out var entry))
        {
            throw new InputException($"{place}: there is no array '{name}'; the archive holds {string.Join(", ", entries.Keys.Take(20))}.");
        }

        var arrayPlace = $"{place}, array '{name}'";
        return Guard(arrayPlace, () =>
        {
            using var content = new ChecksumStream(entry.Open());
            var array = NumpyArray.Read(content, entry.Length, arrayPlace, largest);
            return content.Checksum == entry.Crc32
                ? array
                : throw new InputException($"{arrayPlace}: the checksum does not match; the file is damaged.");
        });
    }

    /// <summary>Writes an archive, wholly or not at all.</summary>
    /// <param name="path">The .npz file.</param>
    /// <param name="arrays">Names and arrays, in this order.</param>
    /// <param name="compress">Deflated, or stored.</param>
    /// <exception cref="InputException">The disk is full, or the folder is missing or may not be written to.</exception>
    public static void Save(string path, IEnumerable<KeyValuePair<string, NumpyArray>> arrays, bool compress = true) =>
        AtomicFile.Write(path, stream =>
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            foreach (var (name, array) in arrays)
            {
                var entry = zip.CreateEntry(name + ".npy", compress ? CompressionLevel.Optimal : CompressionLevel.NoCompression);
                // The same arrays make the same bytes.
                entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using var content = entry.Open();
                array.Write(content);
            }
        });

    /// <inheritdoc/>
    public void Dispose() => zip.Dispose();

    /// <summary>Turns what the zip reader throws on broken bytes into one sentence.</summary>
    private static T Guard<T>(string place, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or ArgumentException or NotSupportedException
            or OverflowException or UnauthorizedAccessException or IndexOutOfRangeException)
        {
            throw new InputException($"{place}: the zip archive is broken ({exception.Message.TrimEnd('.')}).", exception);
        }
    }

    /// <summary>Sums up what is read through it.</summary>
    private sealed class ChecksumStream(Stream inner) : Stream
    {
        public uint Checksum { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            Checksum = Crc32.Compute(buffer[..read], Checksum);
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
