using Scenograph.Data.Generated;

namespace Scenograph.Data.Sources;

/// <summary><c>multi_mnist:VARIANT</c>, composed from MNIST's files.</summary>
public sealed class MultiMnistSource : IDataSource
{
    /// <inheritdoc/>
    public string Name => "multi_mnist";

    /// <inheritdoc/>
    public string Summary => "three digits, 64 x 64, made from mnist/*-ubyte(.gz): uniform, triplet, rgb_occluded, rgb_occluded_cifar10";

    /// <inheritdoc/>
    public bool TryGetShape(string? variant, out ImageShape? shape)
    {
        var found = Variant(variant);
        shape = new ImageShape(found is MultiMnistVariant.Uniform or MultiMnistVariant.Triplet ? 1 : 3, 64, 64);
        return found is not null;
    }

    /// <inheritdoc/>
    public IDataSet Open(SourceRequest request)
    {
        var variant = Variant(request.RequireVariant("uniform", "triplet", "rgb_occluded", "rgb_occluded_cifar10"))!.Value;
        var options = request.Options.MultiMnist with { Variant = variant };
        if (request.Size is { } size && size.Height == size.Width && size.Height >= 8 && options.Size % size.Height == 0)
        {
            options = options with { OutputSize = size.Height };
        }

        var mnist = LabelledSource.MnistFolder(request);
        string? cifar = null;
        if (variant == MultiMnistVariant.RgbOccludedCifar10)
        {
            cifar = request.Roots.Find("cifar-10-batches-bin", "cifar10")
                ?? throw request.Roots.Missing(request.Spec, "cifar-10-batches-bin/data_batch_1.bin ... data_batch_5.bin, test_batch.bin");
        }

        return new MultiMnist(options, request.Split, mnist, request.Options.Count, cifar);
    }

    private static MultiMnistVariant? Variant(string? name) => name switch
    {
        "uniform" => MultiMnistVariant.Uniform,
        "triplet" => MultiMnistVariant.Triplet,
        "rgb_occluded" => MultiMnistVariant.RgbOccluded,
        "rgb_occluded_cifar10" => MultiMnistVariant.RgbOccludedCifar10,
        _ => null,
    };
}
