using Scenograph.Data.Folders;
using Scenograph.Data.Transforms;

namespace Scenograph.Data.Sources;

/// <summary><c>pascal</c>: Pascal VOC 2012 with its class segmentation; pictures differ in size, so give the spec one.</summary>
public sealed class PascalSource : IDataSource
{
    /// <inheritdoc/>
    public string Name => "pascal";

    /// <inheritdoc/>
    public string Summary => "Pascal VOC 2012 with class segmentation, from VOCdevkit/VOC2012/; give a size, as in pascal-(64,64)";

    /// <inheritdoc/>
    public bool TryGetShape(string? variant, out ImageShape? shape)
    {
        shape = new ImageShape(3, 500, 375);
        return variant is null;
    }

    /// <inheritdoc/>
    public IDataSet Open(SourceRequest request)
    {
        request.RequireNoVariant();
        var folder = request.Roots.Find("VOCdevkit/VOC2012", "VOC2012")
            ?? throw request.Roots.Missing(request.Spec, "VOCdevkit/VOC2012/ with ImageSets/Segmentation/train.txt, JPEGImages/, SegmentationClass/");
        return PascalFolder.Open(folder, request.Split);
    }
}
