namespace Scenograph.Data;

/// <summary>
/// Keeps scenes in memory once they have been read: as bytes where all values are whole 255ths (generated sets, files without bilinear resizing),
/// else as they are; what comes back is always equal to what was read. Scenes that find no room any more are read anew each time.
/// </summary>
public sealed class CachedDataSet : IDataSet
{
    private readonly IDataSet source;
    private readonly Entry?[] entries;
    private readonly long largest;
    private long used;

    /// <param name="source">Read at most once a scene and thread.</param>
    /// <param name="largestBytes">Memory for images and label maps.</param>
    public CachedDataSet(IDataSet source, long largestBytes = 2L << 30)
    {
        ArgumentNullException.ThrowIfNull(source);
        this.source = source;
        largest = largestBytes;
        entries = new Entry?[source.Count];
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

    /// <summary>Bytes of images and label maps in memory.</summary>
    public long UsedBytes => Interlocked.Read(ref used);

    /// <inheritdoc/>
    public Sample Read(int index)
    {
        if (Volatile.Read(ref entries[index]) is { } entry)
        {
            return entry.ToSample();
        }

        var sample = source.Read(index);
        entry = Entry.From(sample);
        if (Interlocked.Add(ref used, entry.Bytes) <= largest)
        {
            if (Interlocked.CompareExchange(ref entries[index], entry, null) is not null)
            {
                Interlocked.Add(ref used, -entry.Bytes);
            }
        }
        else
        {
            Interlocked.Add(ref used, -entry.Bytes);
        }

        return sample;
    }

    private sealed record Entry(Sample Rest, byte[]? Pixels)
    {
        public long Bytes => (Pixels?.Length ?? (4L * Rest.Image.Length)) + (Rest.Labels?.Length ?? 0);

        public static Entry From(Sample sample)
        {
            var pixels = new byte[sample.Image.Length];
            for (var i = 0; i < pixels.Length; i++)
            {
                pixels[i] = PixelValues.ToByte(sample.Image[i]);
                if (PixelValues.ToFloat(pixels[i]) != sample.Image[i])
                {
                    return new Entry(Own(sample, (float[])sample.Image.Clone()), null);
                }
            }

            return new Entry(Own(sample, []), pixels);
        }

        // The caller may change its arrays.
        public Sample ToSample() => Own(Rest, Pixels is null ? (float[])Rest.Image.Clone() : Array.ConvertAll(Pixels, PixelValues.ToFloat));

        private static Sample Own(Sample sample, float[] image) => sample with { Image = image, Labels = (byte[]?)sample.Labels?.Clone() };
    }
}
