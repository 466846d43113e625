namespace Scenograph.Torch;

/// <summary>
/// Until disposed, operators that gain from lower precision (convolutions, matrix products) run in it on this thread, and those
/// that need single precision keep it. Weights stay float32. Use it around the forward pass only.
/// </summary>
public sealed unsafe class Autocast : IDisposable
{
    private readonly Device device;
    private readonly DType dtype;
    private readonly int before;
    private bool ended;

    private Autocast(Device device, DType dtype, bool enabled)
    {
        this.device = device;
        this.dtype = dtype;
        int was;
        Native.Check(Native.sg_autocast_set((int)device.Type, enabled ? 1 : 0, (int)dtype, &was), "Autocast");
        before = was;
    }

    /// <summary>Lower precision from here on.</summary>
    public static Autocast Begin(Device device, DType dtype = DType.BFloat16) => new(device, dtype, true);

    /// <summary>Full precision inside a region of lower precision.</summary>
    public static Autocast Suspend(Device device, DType dtype = DType.BFloat16) => new(device, dtype, false);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (ended) return;
        ended = true;
        int was;
        Native.Check(Native.sg_autocast_set((int)device.Type, before, (int)dtype, &was), "Autocast");
    }
}
