using Scenograph.Torch;

namespace Scenograph.Data.Transforms;

/// <summary>Several sets one after the other. Scenes keep the index that they have in their own set.</summary>
public sealed class ConcatenatedDataSet : IDataSet
{
    private readonly IReadOnlyList<IDataSet> parts;

    /// <param name="parts">At least one, all of one shape.</param>
    /// <exception cref="InputException">The shapes differ.</exception>
    public ConcatenatedDataSet(IReadOnlyList<IDataSet> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentOutOfRangeException.ThrowIfZero(parts.Count, nameof(parts));
        this.parts = parts;
        foreach (var part in parts)
        {
            if (Shape(part) != Shape(parts[0]))
            {
                throw new InputException($"concat: {part.Name} has images of {Shape(part)}, {parts[0].Name} of {Shape(parts[0])}; give the spec a size, as in -crop-(64,64).");
            }

            if ((part.MaskCount == 0) != (parts[0].MaskCount == 0))
            {
                throw new InputException($"concat: one of {part.Name} and {parts[0].Name} has masks, the other has none.");
            }
        }

        Count = checked(parts.Sum(part => part.Count));
        MaskCount = parts.Max(part => part.MaskCount);
    }

    /// <inheritdoc/>
    public string Name => string.Join('+', parts.Select(part => part.Name));

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int Channels => parts[0].Channels;

    /// <inheritdoc/>
    public int Height => parts[0].Height;

    /// <inheritdoc/>
    public int Width => parts[0].Width;

    /// <inheritdoc/>
    public int MaskCount { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => [.. parts.SelectMany(part => part.Classes).Distinct()];

    /// <inheritdoc/>
    public Sample Read(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var position = index;
        var part = 0;
        while (position >= parts[part].Count)
        {
            position -= parts[part++].Count;
        }

        var sample = parts[part].Read(position);
        if (sample.Visible is null || sample.Visible.Length == MaskCount)
        {
            return sample;
        }

        var visible = new bool[MaskCount];
        sample.Visible.CopyTo(visible, 0);
        return sample with { Visible = visible };
    }

    private static ImageShape Shape(IDataSet set) => new(set.Channels, set.Height, set.Width);
}
