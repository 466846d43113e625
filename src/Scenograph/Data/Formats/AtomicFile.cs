namespace Scenograph.Data.Formats;

/// <summary>Writes a file so that under its name stands either the whole new content or what was there before.</summary>
internal static class AtomicFile
{
    /// <param name="path">Written beside under a temporary name, flushed to the disk, then renamed.</param>
    /// <param name="write">Writes the whole content.</param>
    public static void Write(string path, Action<Stream> write)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
