using Scenograph.Data.Folders;

namespace Scenograph.Data.Sources;

/// <summary><c>mnist</c>: the file <c>multi_mnist.npz</c> of digits on 50 × 50 pixels, without masks.</summary>
public sealed class OolMnistSource : IDataSource
{
    /// <inheritdoc/>
    public string Name => "mnist";

    /// <inheritdoc/>
    public string Summary => "digits on 50 x 50 pixels, without masks, from multi_mnist.npz";

    /// <inheritdoc/>
    public bool TryGetShape(string? variant, out ImageShape? shape)
    {
        shape = new ImageShape(1, 50, 50);
        return variant is null;
    }

    /// <inheritdoc/>
    public IDataSet Open(SourceRequest request)
    {
        request.RequireNoVariant();
        var path = request.Roots.Folders.Select(root => Path.Combine(root, "multi_mnist.npz")).FirstOrDefault(File.Exists)
            ?? throw request.Roots.Missing(request.Spec, "the file multi_mnist.npz (array imgs, unsigned bytes [N, 50, 50])");
        return SplitRule.Sizes(test: 5_000, validation: 5_000).Take(new ArchivedImages(Name, path, "imgs"), request.Split);
    }
}
