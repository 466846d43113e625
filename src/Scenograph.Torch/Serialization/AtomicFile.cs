using System.Text;

namespace Scenograph.Torch.Serialization;

/// <summary>
/// Writes files that are either complete or not there: into a temporary file beside the target, flushed to the disk, then
/// renamed over it. A reader never sees half a file, and a failed write leaves the previous file as it was.
/// </summary>
public static class AtomicFile
{
    // errno as .NET reports it in HResult on Unix, and the Windows equivalent.
    private const int NoSpaceLeft = 28;
    private const int QuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>Writes <paramref name="path"/> with what <paramref name="write"/> puts into the stream. Makes missing folders.</summary>
    /// <param name="path">The file to make or to replace.</param>
    /// <param name="write">Called once with a buffered, seekable stream; what it throws is passed on and nothing is left behind.</param>
    /// <exception cref="InputException">The place cannot be written: full disk, no permission, a folder of that name.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);

        var temporary = $"{path}.{Environment.ProcessId:x}-{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = Create(path, temporary))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            Rename(temporary, path);
        }
        catch (IOException error) when (IsFull(error))
        {
            throw new InputException($"{path} cannot be written: no space left on the disk ({FreeSpace(path)}); free some space or choose another place", error);
        }
        finally
        {
            Remove(temporary);
        }
    }

    /// <summary>Writes <paramref name="text"/> as UTF-8 without a byte order mark.</summary>
    /// <inheritdoc cref="Write"/>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    private static FileStream Create(string path, string temporary)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new InputException($"{path} cannot be written: it is a folder");
            }
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            {
                Directory.CreateDirectory(folder);
            }
            return new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, bufferSize: 1 << 16);
        }
        catch (Exception error) when (Refusal(error) is { } reason)
        {
            throw new InputException($"{path} cannot be written: {reason}", error);
        }
    }

    private static void Rename(string temporary, string path)
    {
        try
        {
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (Refusal(error) is { } reason)
        {
            throw new InputException($"{path} cannot be written: {reason}", error);
        }
    }

    /// <summary>Why the file system said no, in a user's words; null for what is not its doing, and for a full disk.</summary>
    private static string? Refusal(Exception error) => error switch
    {
        UnauthorizedAccessException => "no write permission there",
        PathTooLongException => "the path is too long",
        IOException full when IsFull(full) => null,
        IOException other => other.Message,
        _ => null,
    };

    /// <summary>Whether <paramref name="error"/> means a full disk or an exhausted quota.</summary>
    internal static bool IsFull(IOException error) => error.HResult is NoSpaceLeft or QuotaExceeded or WindowsDiskFull;

    private static string FreeSpace(string path)
    {
        try
        {
            return $"{new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(path)) ?? path).AvailableFreeSpace / 1024:N0} KB free";
        }
        catch (Exception error) when (error is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return "its size is unknown";
        }
    }

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The reason why the write failed matters more than a leftover that could not be removed.
        }
    }
}
