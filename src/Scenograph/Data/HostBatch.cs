namespace Scenograph.Data;

/// <summary>Scenes side by side in host memory. Disposing it gives its arrays back to the loader for later batches: do not use them then.</summary>
public sealed class HostBatch : IDisposable
{
    private Action<HostBatch>? release;

    internal HostBatch(ImageShape shape, int[] indices, float[] images, byte[]? labels, Action<HostBatch>? release)
    {
        Shape = shape;
        Indices = indices;
        Images = images;
        Labels = labels;
        Metadata = new SceneMetadata?[indices.Length];
        Visible = new bool[]?[indices.Length];
        this.release = release;
    }

    /// <summary>Step of the run that the batch belongs to, from 0.</summary>
    public required long Step { get; init; }

    /// <summary>Pass through the set, from 0.</summary>
    public required int Epoch { get; init; }

    /// <summary>Number of scenes, B.</summary>
    public int Count => Indices.Length;

    /// <summary>Of each image.</summary>
    public ImageShape Shape { get; }

    /// <summary>[B] <see cref="Sample.Index"/> of each scene.</summary>
    public int[] Indices { get; }

    /// <summary>[B, C, H, W], values in [0, 1].</summary>
    public float[] Images { get; }

    /// <summary>[B, H, W] label maps, or null where the set has no masks.</summary>
    public byte[]? Labels { get; }

    /// <summary>[B] <see cref="Sample.Visible"/> of each scene.</summary>
    public bool[]?[] Visible { get; }

    /// <summary>[B] What is known of each scene's objects, or null.</summary>
    public SceneMetadata?[] Metadata { get; }

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref release, null)?.Invoke(this);
}
