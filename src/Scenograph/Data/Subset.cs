namespace Scenograph.Data;

/// <summary>Some scenes of another set, in a given order. Each keeps the index that it has there.</summary>
public sealed class Subset : IDataSet, IDeclaresObjects
{
    private readonly IDataSet all;
    private readonly int start;
    private readonly IReadOnlyList<int>? positions;

    /// <summary><paramref name="count"/> scenes from <paramref name="start"/> on.</summary>
    public Subset(IDataSet all, int start, int count)
    {
        ArgumentNullException.ThrowIfNull(all);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, all.Count - start);
        this.all = all;
        this.start = start;
        Count = count;
    }

    /// <summary>The scenes at the given positions.</summary>
    public Subset(IDataSet all, IReadOnlyList<int> positions)
    {
        ArgumentNullException.ThrowIfNull(all);
        ArgumentNullException.ThrowIfNull(positions);
        ArgumentOutOfRangeException.ThrowIfZero(positions.Count, nameof(positions));
        this.all = all;
        this.positions = positions;
        Count = positions.Count;
    }

    /// <inheritdoc/>
    public string Name => all.Name;

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int Channels => all.Channels;

    /// <inheritdoc/>
    public int Height => all.Height;

    /// <inheritdoc/>
    public int Width => all.Width;

    /// <inheritdoc/>
    public int MaskCount => all.MaskCount;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => all.Classes;

    internal IDataSet Whole => all;

    int IDeclaresObjects.Backgrounds => IDeclaresObjects.Of(all)!.Backgrounds;

    bool[] IDeclaresObjects.VisibleAt(int index) => IDeclaresObjects.Of(all)!.VisibleAt(PositionOf(index));

    /// <inheritdoc/>
    public Sample Read(int index) => all.Read(PositionOf(index));

    private int PositionOf(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return positions?[index] ?? start + index;
    }
}
