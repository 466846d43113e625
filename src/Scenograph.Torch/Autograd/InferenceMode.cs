namespace Scenograph.Torch;

/// <summary>
/// Until disposed, tensors made on this thread carry nothing for differentiation at all: quicker than <see cref="GradMode.Off"/>,
/// and they can never take part in a gradient.
/// </summary>
public sealed class InferenceMode : IDisposable
{
    private readonly int thread = Environment.CurrentManagedThreadId;
    private nint guard = Native.sg_inference_begin();

    private InferenceMode() { }

    /// <summary>Begins it: <c>using var _ = InferenceMode.Begin();</c></summary>
    public static InferenceMode Begin() => new();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (guard == 0) return;
        if (Environment.CurrentManagedThreadId != thread) throw new InvalidOperationException("inference mode ends on the thread that began it");
        Native.sg_inference_end(guard);
        guard = 0;
    }
}
