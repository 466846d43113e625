namespace Scenograph.Data.MultiObject;

/// <summary>Scenes of a multi-object data set, read from a TFRecord file as published.</summary>
public sealed class MultiObjectSet : IDataSet, IDeclaresObjects
{
    private readonly ScenePack pack;
    private readonly int start;

    internal MultiObjectSet(ScenePack pack, int start, int count)
    {
        this.pack = pack;
        this.start = start;
        Count = count;
    }

    /// <inheritdoc/>
    public string Name => pack.Schema.Name;

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int Channels => pack.Schema.Channels;

    /// <inheritdoc/>
    public int Height => pack.Schema.Height;

    /// <inheritdoc/>
    public int Width => pack.Schema.Width;

    /// <inheritdoc/>
    public int MaskCount => pack.Schema.Entities;

    int IDeclaresObjects.Backgrounds => pack.Schema.Backgrounds;

    bool[] IDeclaresObjects.VisibleAt(int index) => pack.VisibleAt(start + index);

    /// <summary>Decodes a scene; its index is the number of its record. Metadata has the published features under their names, numbers of an entity with spaces between.</summary>
    public Sample Read(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return pack.Read(start + index).ToSample(pack.Schema, start + index);
    }
}
