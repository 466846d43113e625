using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Scenograph.Torch.Files;

namespace Scenograph.Torch.Serialization;

/// <summary>Bytes that are read at any place, by any thread: a file, of which only what is asked for is read, or memory.</summary>
internal abstract class ByteSource
{
    /// <summary>What errors call the source.</summary>
    public required string Name { get; init; }

    public abstract long Length { get; }

    /// <summary>
    /// The most bytes that may be made of the source, so that no small file takes a lot of memory: with the rest of what a reader
    /// needs this stays below 16 times the file and 64 MB.
    /// </summary>
    public long Allowance => 12 * Length + (48L << 20);

    public static ByteSource OfFile(string path)
    {
        var stream = InputFile.Open(path);
        return new FileSource(stream) { Name = path };
    }

    public static ByteSource OfMemory(ReadOnlyMemory<byte> bytes, string name) => new MemorySource(bytes) { Name = name };

    /// <summary>Fills the target from the offset on; the caller has checked that the source is long enough.</summary>
    /// <exception cref="InputException">The file has become shorter or cannot be read.</exception>
    public abstract void Read(long offset, Span<byte> target);

    /// <summary>The sentence that says what is wrong with the file; texts out of the file are shortened and made printable.</summary>
    public InputException Refuse(FormattableString reason)
    {
        var arguments = reason.GetArguments().Select(argument => argument is string text ? Printable(text) : argument).ToArray();
        return new InputException($"{Name}: {string.Format(CultureInfo.InvariantCulture, reason.Format, arguments)}");
    }

    public abstract void Close();

    private static string Printable(string text)
    {
        const int longest = 200;
        var shortened = text.Length > longest ? $"{text.AsSpan(0, longest)}..." : text;
        return string.Concat(shortened.Select(letter => char.IsControl(letter) || char.IsSurrogate(letter) ? '?' : letter));
    }

    private sealed class FileSource(FileStream stream) : ByteSource
    {
        private readonly SafeFileHandle handle = stream.SafeFileHandle;

        public override long Length { get; } = stream.CanSeek ? stream.Length : 0;

        public override void Read(long offset, Span<byte> target)
        {
            try
            {
                while (!target.IsEmpty)
                {
                    var count = RandomAccess.Read(handle, target, offset);
                    if (count == 0)
                    {
                        throw Refuse($"the file ends after {offset:N0} bytes, although it had {Length:N0} when it was opened");
                    }
                    offset += count;
                    target = target[count..];
                }
            }
            catch (IOException error)
            {
                throw new InputException($"{Name}: the file cannot be read ({error.Message})", error);
            }
        }

        public override void Close() => stream.Dispose();
    }

    private sealed class MemorySource(ReadOnlyMemory<byte> bytes) : ByteSource
    {
        public override long Length => bytes.Length;

        public override void Read(long offset, Span<byte> target) => bytes.Span.Slice((int)offset, target.Length).CopyTo(target);

        public override void Close()
        {
        }
    }
}
