using System.Security.Cryptography;
using System.Text;
using Scenograph.Data.Folders;
using Scenograph.Data.Formats;
using Scenograph.Torch;
using Scenograph.Torch.Files;

namespace Scenograph.Data.MultiObject;

/// <summary>
/// Opens a TFRecord file of Kabra et al.'s data sets, compressed with gzip as published, for reading in any order. Such a file can only be
/// unpacked from its start, and unpacked it is tens of times larger (a byte of a picture takes three). So it is read through once:
/// up to <see cref="LargestInMemory"/> bytes into memory at each opening; larger ones into a file of about the same size beside it,
/// <c>X.tfrecords.scenes</c>, or in the cache folder where this user may not write there. That file is made anew where the original has
/// changed, and holds no more of the first scenes than were asked for yet.
/// </summary>
public static class MultiObjectFile
{
    /// <summary>Environment variable that names the folder for files that cannot stand beside their originals; by default <c>~/.cache/scenograph</c>.</summary>
    public const string CacheVariable = "SCENOGRAPH_CACHE";

    /// <summary>Files of up to so many bytes are kept in memory.</summary>
    public const long LargestInMemory = 16 << 20;

    private const string Ending = ".scenes";
    private const int BatchBytes = 32 << 20;
    private const int BatchScenes = 256;

    /// <summary>Opens one part of a file.</summary>
    /// <param name="path">The TFRecord file, gzip or plain.</param>
    /// <param name="split">Which part, by the schema's rule.</param>
    /// <param name="count">Scenes of it that will be used, from the first on; null: all. The rest of a large file is not unpacked.</param>
    /// <param name="schema">What the records must hold; null: told by the first record.</param>
    /// <param name="notice">Told what takes long.</param>
    /// <exception cref="InputException">The file is missing, damaged, cut off, of another schema, or too short for the part.</exception>
    public static IDataSet Open(string path, Split split, int? count = null, MultiObjectSchema? schema = null, Action<string>? notice = null)
    {
        using var first = InputFile.Open(path);
        schema ??= DetectSchema(path);
        var (start, end) = schema.Splits.Range(int.MaxValue, split);
        var pack = OpenPack(path, schema, (int)Math.Min(end, start + (long)(count ?? int.MaxValue)), notice);
        end = Math.Min(end, pack.Count);
        if (start < end)
        {
            return new MultiObjectSet(pack, start, end - start);
        }

        pack.Dispose();
        throw new InputException($"{path}: its {pack.Count} scenes are too few for a split {SplitNames.Of(split)}, which begins with scene {start}.");
    }

    internal static ScenePack OpenPack(string path, MultiObjectSchema schema, int needed, Action<string>? notice, long largestInMemory = LargestInMemory)
    {
        var file = new FileInfo(path);
        if (file.Length <= largestInMemory)
        {
            var complete = false;
            return ScenePack.InMemory(path, Scenes(path, schema, needed, () => complete = true), () => new(schema.Name, complete, file.Length, 0));
        }

        var beside = path + Ending;
        try
        {
            return OpenOrMake(beside, file, schema, needed, notice);
        }
        catch (InputException exception) when (exception.InnerException is UnauthorizedAccessException or IOException { HResult: 30 })
        {
            // EROFS or no permission: a data folder that many share.
            return OpenOrMake(InCache(file.FullName), file, schema, needed, notice);
        }
    }

    private static ScenePack OpenOrMake(string packPath, FileInfo file, MultiObjectSchema schema, int needed, Action<string>? notice)
    {
        if (TryOpen(packPath, file, schema, needed) is { } ready)
        {
            return ready;
        }

        using var turn = WaitForTurn(packPath + ".lock");
        if (TryOpen(packPath, file, schema, needed) is { } madeByAnother)
        {
            return madeByAnother;
        }

        notice?.Invoke($"{file.FullName}: unpacking into {packPath}, once; this takes minutes");
        var complete = false;
        ScenePack.Write(packPath, Scenes(file.FullName, schema, needed, () => complete = true), () => new(schema.Name, complete, file.Length, file.LastWriteTimeUtc.Ticks));
        return ScenePack.TryOpen(packPath) ?? throw new InputException($"{packPath}: the file cannot be read back; is the disk sound?");
    }

    private static ScenePack? TryOpen(string packPath, FileInfo file, MultiObjectSchema schema, int needed)
    {
        var pack = ScenePack.TryOpen(packPath);
        if (pack is null || (pack.About.Schema == schema.Name && (pack.Count >= needed || pack.About.Complete)
            && (pack.About.SourceLength, pack.About.SourceDate) == (file.Length, file.LastWriteTimeUtc.Ticks)))
        {
            return pack;
        }

        pack.Dispose();
        return null;
    }

    /// <summary>One process at a time unpacks a file; the others wait and find the work done.</summary>
    private static FileStream WaitForTurn(string path)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (UnauthorizedAccessException exception)
            {
                throw new InputException($"{path}: this user may not write here", exception);
            }
            catch (DirectoryNotFoundException exception)
            {
                throw new InputException($"{path}: the folder does not exist", exception);
            }
            catch (IOException exception) when (exception.HResult is 30 or 28)
            {
                throw new InputException($"{path}: cannot be written ({exception.Message})", exception);
            }
            catch (IOException)
            {
                Thread.Sleep(200);
            }
        }
    }

    private static string InCache(string fullPath)
    {
        var folder = Environment.GetEnvironmentVariable(CacheVariable)
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "scenograph");
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{folder}: the cache folder cannot be made ({exception.Message}); name another in the environment variable {CacheVariable}", exception);
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(fullPath)).AsSpan(0, 8));
        return Path.Combine(folder, $"{Path.GetFileName(fullPath)}.{hash}{Ending}");
    }

    private static MultiObjectSchema DetectSchema(string path)
    {
        var record = TfRecord.ReadFile(path).FirstOrDefault() ?? throw new InputException($"{path}: the file has no record.");
        var example = TrainExample.Parse(record, $"{path}, record 0");
        return MultiObjectSchema.Of(example) ?? throw new InputException(
            $"{path}, record 0: image of {example.Count("image"):N0} and mask of {example.Count("mask"):N0} values; no published multi-object data set has these.");
    }

    /// <summary>The file's scenes in order, decoded and packed on all cores, a batch at a time.</summary>
    private static IEnumerable<PackedScene> Scenes(string path, MultiObjectSchema schema, int needed, Action reachedEnd)
    {
        using var records = TfRecord.ReadFile(path).GetEnumerator();
        var done = 0;
        for (var more = true; more && done < needed;)
        {
            var batch = new List<byte[]>();
            for (var bytes = 0L; bytes < BatchBytes && batch.Count < Math.Min(BatchScenes, needed - done) && (more = records.MoveNext());)
            {
                batch.Add(records.Current);
                bytes += records.Current.Length;
            }

            var packed = new PackedScene[batch.Count];
            var start = done;
            Each(batch.Count, i =>
            {
                var scene = MultiObjectScene.From(TrainExample.Parse(batch[i], $"{path}, record {start + i}"), schema);
                packed[i] = new(SceneBlock.Pack(scene, schema), scene.Visible);
            });
            foreach (var scene in packed)
            {
                yield return scene;
            }

            done += packed.Length;
            if (!more)
            {
                reachedEnd();
            }
        }

        if (done == 0)
        {
            throw new InputException($"{path}: the file has no record.");
        }
    }

    private static void Each(int count, Action<int> work)
    {
        try
        {
            Parallel.For(0, count, work);
        }
        catch (AggregateException exception) when (exception.InnerExceptions.OfType<InputException>().MinBy(one => one.Message, StringComparer.Ordinal) is { } first)
        {
            throw new InputException(first.Message, exception);
        }
    }
}
