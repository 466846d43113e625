using System.Text;

namespace Scenograph.Torch.Files;

/// <summary>Writes files that are either wholly there or not at all: to a temporary file beside, flushed to disk, renamed.</summary>
public static class AtomicFile
{
    /// <summary>Writes <paramref name="path"/>, replacing what is there; when anything fails, what was there stays as it was.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="write">Writes the content to the stream it is given.</param>
    /// <exception cref="InputException">
    /// The disk is full, the folder is missing, or may not be written to; the <see cref="IOException"/> is its inner exception.
    /// </exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error)
        {
            Remove(temporary);
            if (error is not (IOException or UnauthorizedAccessException))
            {
                throw;
            }
            throw new InputException($"{path}: {Reason(error, path, folder)}", error);
        }
    }

    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    public static void WriteAllBytes(string path, ReadOnlyMemory<byte> bytes) => Write(path, stream => stream.Write(bytes.Span));

    /// <summary>Writes <paramref name="text"/> as UTF-8 without a byte order mark.</summary>
    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    public static void WriteText(string path, string text) => WriteAllBytes(path, Encoding.UTF8.GetBytes(text));

    private static string Reason(Exception error, string path, string folder)
    {
        const int noSpace = 28;      // ENOSPC, as .NET hands it on
        const int overQuota = 122;   // EDQUOT
        const int windowsDiskFull = unchecked((int)0x80070070);
        var kept = File.Exists(path) ? "; the file that was there is unchanged" : "";
        return error switch
        {
            DirectoryNotFoundException => $"the folder {folder} does not exist",
            _ when Directory.Exists(path) => "a folder of this name is in the way",
            UnauthorizedAccessException => $"this user may not write to the folder {folder}",
            { HResult: noSpace or windowsDiskFull } => $"the disk is full{kept}; free some space or choose another folder",
            { HResult: overQuota } => $"the disk quota is used up{kept}; free some space or choose another folder",
            _ => $"the file cannot be written ({error.Message}){kept}",
        };
    }

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The first error says what is wrong; a left-over file beside it adds nothing.
        }
    }
}
