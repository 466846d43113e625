namespace Scenograph.Torch;

/// <summary>
/// Until disposed, tensors made on this thread carry nothing for differentiation at all: quicker than <see cref="GradMode.Off"/>,
/// and they can never take part in a gradient.
/// </summary>
public sealed class InferenceMode : IDisposable
{
    private nint guard = Native.sg_inference_begin();

    private InferenceMode() { }

    /// <summary>Begins it: <c>using var _ = InferenceMode.Begin();</c></summary>
    public static InferenceMode Begin() => new();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (guard == 0) return;
        Native.sg_inference_end(guard);
        guard = 0;
    }
}
