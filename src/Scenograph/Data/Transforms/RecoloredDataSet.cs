using Scenograph.Torch;

namespace Scenograph.Data.Transforms;

/// <summary>A set whose background or objects are replaced by black or by colours that are fixed for each scene.</summary>
public sealed class RecoloredDataSet : IDataSet
{
    private const int LeastObjectColors = 20;

    private readonly IDataSet source;
    private readonly Recoloring recoloring;
    private readonly ColorTable? colors;

    /// <exception cref="InputException">The set has no masks.</exception>
    public RecoloredDataSet(IDataSet source, Recoloring recoloring)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(recoloring);
        if (source.MaskCount == 0)
        {
            throw new InputException($"{source.Name}: replacing colours needs masks, but the data set has none.");
        }

        this.source = source;
        this.recoloring = recoloring;
        var count = recoloring.EachObjectRandomColor ? Math.Max(LeastObjectColors, source.MaskCount) : recoloring.OneRandomObjectColor ? 1 : 0;
        count += recoloring.RandomBackground ? 1 : 0;
        colors = count > 0 ? new ColorTable(source.Count, count) : null;
    }

    /// <inheritdoc/>
    public string Name => source.Name;

    /// <inheritdoc/>
    public int Count => source.Count;

    /// <inheritdoc/>
    public int Channels => source.Channels;

    /// <inheritdoc/>
    public int Height => source.Height;

    /// <inheritdoc/>
    public int Width => source.Width;

    /// <inheritdoc/>
    public int MaskCount => source.MaskCount;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => source.Classes;

    /// <inheritdoc/>
    public Sample Read(int index)
    {
        var sample = source.Read(index);
        var labels = SceneTransform.RequireLabels(sample, "for colours");
        var image = (float[])sample.Image.Clone();
        for (var channel = 0; channel < sample.Channels; channel++)
        {
            var plane = image.AsSpan(channel * labels.Length, labels.Length);
            for (var pixel = 0; pixel < labels.Length; pixel++)
            {
                plane[pixel] = Replace(plane[pixel], labels[pixel], index, channel);
            }
        }

        return sample with { Image = image };
    }

    // With hard masks each of the formulas above picks one of its terms.
    private float Replace(float value, byte label, int index, int channel)
    {
        var firstObject = recoloring.RandomBackground ? 1 : 0;
        if (label == 0)
        {
            return recoloring.RandomBackground ? colors![index, 0, channel] : recoloring.BlackBackground ? 0 : value;
        }

        return recoloring.EachObjectRandomColor ? colors![index, firstObject + label - 1, channel]
            : recoloring.OneRandomObjectColor ? colors![index, firstObject, channel]
            : value;
    }
}
