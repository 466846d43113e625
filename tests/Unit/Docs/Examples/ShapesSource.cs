using Scenograph.Data.Folders;

namespace Scenograph.Data.Sources;

/// <summary><c>shapes</c>: scenes in shapes/images/ with label maps in shapes/labels/. Who made them, paper, licence.</summary>
public sealed class ShapesSource : IDataSource
{
    /// <inheritdoc/>
    public string Name => "shapes";

    /// <inheritdoc/>
    public string Summary => "shapes on a table, 128 x 128, from shapes/images/*.png";

    /// <inheritdoc/>
    public bool TryGetShape(string? variant, out ImageShape? shape)
    {
        shape = new ImageShape(3, 128, 128);
        return variant is null;
    }

    /// <inheritdoc/>
    public IDataSet Open(SourceRequest request)
    {
        request.RequireNoVariant();
        var folder = request.Roots.Find("shapes") ?? throw request.Roots.Missing(request.Spec, "shapes/images/000000.png, shapes/labels/000000.png ...");
        string[] images = [.. Directory.EnumerateFiles(Path.Combine(folder, "images"), "*.png").Order(StringComparer.Ordinal)];
        var all = new PictureSet("shapes", [.. images.Select((path, index) =>
            new Picture(index, path, Path.Combine(folder, "labels", Path.GetFileName(path)), Visible: null, ReadMetadata: null))]);
        return SplitRule.Sizes(test: 1_000, validation: 1_000).Take(all, request.Split);
    }
}
