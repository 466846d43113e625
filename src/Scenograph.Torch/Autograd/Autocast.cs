namespace Scenograph.Torch;

/// <summary>
/// Until disposed, operators that gain from lower precision (convolutions, matrix products) run in it on this thread, and those
/// that need single precision keep it. Weights stay float32. Use it around the forward pass only.
/// </summary>
public sealed unsafe class Autocast : IDisposable
{
    private readonly Device device;
    private readonly int wasEnabled;
    private readonly int wasDType;
    private readonly int thread = Environment.CurrentManagedThreadId;
    private bool ended;

    private Autocast(Device device, DType dtype, bool enabled)
    {
        this.device = device;
        int enabledBefore, dtypeBefore;
        Native.Check(Native.sg_autocast_begin((int)device.Type, enabled ? 1 : 0, (int)dtype, &enabledBefore, &dtypeBefore), "Autocast");
        (wasEnabled, wasDType) = (enabledBefore, dtypeBefore);
    }

    /// <summary>Lower precision from here on.</summary>
    /// <param name="device">The kind of device whose operators are meant.</param>
    /// <param name="dtype">bfloat16, or float16 on GPUs.</param>
    /// <exception cref="TorchException">Another element type.</exception>
    public static Autocast Begin(Device device, DType dtype = DType.BFloat16) => new(device, dtype, true);

    /// <summary>Full precision inside a region of lower precision.</summary>
    public static Autocast Suspend(Device device, DType dtype = DType.BFloat16) => new(device, dtype, false);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (ended) return;
        if (Environment.CurrentManagedThreadId != thread) throw new InvalidOperationException("lower precision ends on the thread that began it");
        ended = true;
        Native.Check(Native.sg_autocast_end((int)device.Type, wasEnabled, wasDType), "Autocast");
    }
}
