using Scenograph.Data.Formats;
using Scenograph.Data.Generated;

namespace Scenograph.Data.Sources;

/// <summary><c>air_multi_mnist</c>, composed from MNIST's files.</summary>
public sealed class AirMultiMnistSource : IDataSource
{
    /// <inheritdoc/>
    public string Name => "air_multi_mnist";

    /// <inheritdoc/>
    public string Summary => "no, one or two digits, 64 x 64, made from mnist/*-ubyte(.gz), as AIR and DAIR are trained on; simplified: digits 2, 6, 9; train, simplified_train: the training scenes in every part";

    /// <inheritdoc/>
    public bool TryGetShape(string? variant, out ImageShape? shape)
    {
        shape = new ImageShape(1, AirMultiMnist.Size, AirMultiMnist.Size);
        return variant is null or "simplified" or "train" or "simplified_train";
    }

    /// <inheritdoc/>
    public IDataSet Open(SourceRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var variant = request.Variant is null ? null : request.RequireVariant("simplified", "train", "simplified_train");
        var split = variant is "train" or "simplified_train" ? Split.Train : request.Split;
        var options = request.Options.AirMultiMnist;
        if (variant is "simplified" or "simplified_train") options = options with { Simplified = true };
        return new AirMultiMnist(options, split, MnistFiles.Read(LabelledSource.MnistFolder(request), test: split != Split.Train), request.Options.Count);
    }
}
