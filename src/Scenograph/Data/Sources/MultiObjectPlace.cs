using Scenograph.Data.Folders;
using Scenograph.Data.MultiObject;

namespace Scenograph.Data.Sources;

/// <summary>
/// Where a multi-object data set lies under a data root: FOLDER/ with npz archives or a TFRecord file, or the published file by its name, in the
/// folder it has in the bucket or in none. Archives count first: they are unpacked already.
/// </summary>
/// <param name="Folder">Folder of the set, e.g. <c>multi_dsprites_binarized</c>; also its name in logs.</param>
/// <param name="Schema">Name of its <see cref="MultiObjectSchema"/>, which is the published file's name.</param>
/// <param name="Archives">The archives there could be, for messages.</param>
internal sealed record MultiObjectPlace(string Folder, string Schema, string Archives)
{
    private static readonly string[] Endings = [".tfrecords", ".tfrecord", ".tfrecords.gz"];

    /// <summary>Folder in the bucket that the sets are published in.</summary>
    private string Bucket => Schema.StartsWith("multi_dsprites", StringComparison.Ordinal) ? "multi_dsprites" : Schema.StartsWith("objects_room", StringComparison.Ordinal) ? "objects_room" : Folder;

    /// <summary>Of a set with variants.</summary>
    public static MultiObjectPlace Of(string source, string variant, string schemaPrefix) =>
        new($"{source}_{variant}", schemaPrefix + variant, $"{source}_{variant}/*.npz, one archive a scene with arrays image and mask");

    public bool IsIn(DataRoots roots) => FindFile(roots) is not null || roots.Find(Folder) is not null;

    /// <param name="request">What is asked for.</param>
    /// <param name="whole">All scenes of the part, since they will be chosen from.</param>
    /// <exception cref="Scenograph.Torch.InputException">It is not there, or broken.</exception>
    public IDataSet Open(SourceRequest request, bool whole = false)
    {
        var schema = MultiObjectSchema.Find(Schema)!;
        var folder = request.Roots.Find(Folder);
        if (folder is not null && HasArchives(folder))
        {
            return ArchiveFolder.Open(Folder, folder, schema.Splits, request.Split);
        }

        if (FindFile(request.Roots) is not { } file)
        {
            return folder is null
                ? throw request.Roots.Missing(request.Spec, $"{Bucket}/{Schema}.tfrecords as published, or {Archives}")
                : ArchiveFolder.Open(Folder, folder, schema.Splits, request.Split);
        }

        return MultiObjectFile.Open(file, request.Split, whole ? null : request.LargestCount, schema, request.Roots.Notice);
    }

    private static bool HasArchives(string folder) =>
        File.Exists(Path.Combine(folder, "manifest_ind.json")) || Directory.EnumerateFiles(folder, "*.npz", SearchOption.AllDirectories).Any();

    private string? FindFile(DataRoots roots)
    {
        var published = roots.FindFile([.. Endings.SelectMany(ending => new[] { $"{Folder}/{Schema}{ending}", $"{Bucket}/{Schema}{ending}", Schema + ending })]);
        if (published is not null || roots.Find(Folder) is not { } folder)
        {
            return published;
        }

        // By any name, where it is the only one in the set's own folder.
        string[] files = [.. Directory.EnumerateFiles(folder).Where(path => Endings.Any(ending => path.EndsWith(ending, StringComparison.Ordinal)))];
        return files is [var only] ? only : null;
    }
}
