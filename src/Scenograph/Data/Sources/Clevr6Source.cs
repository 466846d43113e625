using System.Text.Json;
using Scenograph.Data.Folders;
using Scenograph.Torch;
using Scenograph.Torch.Files;

namespace Scenograph.Data.Sources;

/// <summary><c>clevr6</c>: the scenes of <c>clevr_with_masks</c> with at most six objects. Which these are is kept in <c>clevr6_SPLIT_index.json</c> beside the scenes.</summary>
public sealed class Clevr6Source : IDataSource
{
    private const int MostObjects = 6;

    /// <inheritdoc/>
    public string Name => "clevr6";

    /// <inheritdoc/>
    public string Summary => "the scenes of clevr_with_masks with at most six objects";

    /// <inheritdoc/>
    public bool DeclaresVisibility => true;

    /// <inheritdoc/>
    public bool TryGetShape(string? variant, out ImageShape? shape)
    {
        shape = new ImageShape(3, 240, 320);
        return variant is null;
    }

    /// <inheritdoc/>
    public IDataSet Open(SourceRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.RequireNoVariant();
        var all = ClevrArchiveSource.Place.Open(request, whole: true);
        // A TFRecord file has this in its index.
        var cache = all is ArchiveSet ? Path.Combine(request.Roots.Find("clevr_with_masks")!, $"clevr6_{SplitNames.Of(request.Split)}_index.json") : null;
        var positions = cache is null ? Choose(all) : ReadCache(cache, all.Count) ?? WriteCache(cache, Choose(all));
        return positions.Length > 0
            ? new Subset(all, positions)
            : throw new InputException($"{request.Spec}: no scene of the split {SplitNames.Of(request.Split)} has at most six objects.");
    }

    private static int[] Choose(IDataSet all)
    {
        var scenes = IDeclaresObjects.Of(all)!;
        return ObjectCountFilter.Choose(scenes, all.Count, visible => visible.Skip(scenes.Backgrounds).Count(one => one) <= MostObjects);
    }

    private static int[]? ReadCache(string path, int count)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var positions = JsonSerializer.Deserialize<int[]>(InputFile.ReadAllBytes(path));
            // A set that grew or shrank since: look again.
            return positions?.All(position => position >= 0 && position < count) == true ? positions : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static int[] WriteCache(string path, int[] positions)
    {
        try
        {
            AtomicFile.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(positions));
        }
        catch (InputException)
        {
            // The data may lie where this user cannot write; then the scenes are looked through each time.
        }

        return positions;
    }
}
