using Scenograph.Data.Folders;
using Scenograph.Data.Transforms;

namespace Scenograph.Data.Sources;

/// <summary>
/// <c>iodine_folder:NAME</c>: pictures as the IODINE repository zhixuan-lin/IODINE takes them: <c>images/*.png</c>, with masks of the same
/// names in <c>masks/</c>, coloured PNGs with the background (64, 64, 64) (its CLEVR) or arrays .npy [N, H, W] (its multi-dSprites).
/// Its CLEVR is <c>iodine_folder:[PATH]-crop-(128,128)</c>: a square of 192 of 240 rows, resized as Pillow does it.
/// </summary>
public sealed class IodineFolderSource : IDataSource
{
    private static readonly int[] Background = [64, 64, 64];

    /// <inheritdoc/>
    public string Name => "iodine_folder";

    /// <inheritdoc/>
    public string Summary => "images/*.png with coloured masks/*.png or masks/*.npy, as zhixuan-lin/IODINE takes them; iodine_folder:NAME or iodine_folder:[PATH]";

    /// <inheritdoc/>
    public double CropFraction => 0.8;

    /// <inheritdoc/>
    public Resampling Resampling => Resampling.Pillow;

    /// <inheritdoc/>
    public bool TryGetShape(string? variant, out ImageShape? shape)
    {
        shape = null;
        return variant is not null;
    }

    /// <inheritdoc/>
    public IDataSet Open(SourceRequest request)
    {
        var folder = request.RequireFolder("with images/*.png and masks/*.png or masks/*.npy");
        var options = request.Options.Folder with { MaskBackground = request.Options.Folder.MaskBackground ?? Background };
        return ImageFolder.Open(folder, options.SamePictures ? null : request.Split, mixedSizes: true, options);
    }
}
