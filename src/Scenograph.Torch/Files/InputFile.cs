namespace Scenograph.Torch.Files;

/// <summary>Opens files that a user names; what stands in the way becomes one sentence.</summary>
public static class InputFile
{
    /// <summary>A stream over the file, to be disposed by the caller.</summary>
    /// <exception cref="InputException">The file is missing, a folder, or may not be read.</exception>
    public static FileStream Open(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new InputException($"{path}: this is a folder, but a file was expected");
            }
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path}: there is no such file", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new InputException($"{path}: this user may not read the file", error);
        }
        catch (Exception error) when (error is IOException or ArgumentException or NotSupportedException)
        {
            throw new InputException($"{path}: the file cannot be opened ({error.Message})", error);
        }
    }

    /// <summary>The whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="largest">Bytes; a longer file is refused before any of it is read.</param>
    /// <exception cref="InputException">The file is missing, a folder, too long, or may not or cannot be read.</exception>
    public static byte[] ReadAllBytes(string path, long largest = 1L << 30)
    {
        using var stream = Open(path);
        try
        {
            var length = stream.CanSeek ? stream.Length : 0;
            if (length > largest)
            {
                throw new InputException(FormattableString.Invariant($"{path}: the file has {length:N0} bytes, more than the {largest:N0} that are read"));
            }
            if (length > 0)
            {
                var bytes = new byte[length];
                var count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
                return count == bytes.Length ? bytes : bytes[..count];
            }
            return ReadUnsized(stream, path, largest);
        }
        catch (IOException error)
        {
            throw new InputException($"{path}: the file cannot be read ({error.Message})", error);
        }
    }

    /// <summary>Pipes and some virtual files do not know their length.</summary>
    private static byte[] ReadUnsized(FileStream stream, string path, long largest)
    {
        using var memory = new MemoryStream();
        var block = new byte[1 << 16];
        for (int count; (count = stream.Read(block)) > 0;)
        {
            memory.Write(block, 0, count);
            if (memory.Length > largest)
            {
                throw new InputException(FormattableString.Invariant($"{path}: the file has more than the {largest:N0} bytes that are read"));
            }
        }
        return memory.ToArray();
    }
}
