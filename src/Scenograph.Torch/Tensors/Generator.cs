namespace Scenograph.Torch;

/// <summary>A random number generator of libtorch with a state of its own: the same seed gives the same numbers.</summary>
public sealed unsafe class Generator : IDisposable
{
    private nint handle;

    /// <param name="seed">Any number.</param>
    /// <param name="device">Device of the tensors it will fill.</param>
    public Generator(ulong seed, Device? device = null)
    {
        var where = device ?? Device.Cpu;
        nint made;
        Native.Check(Native.sg_generator_new((int)where.Type, where.Index, seed, &made), "new Generator");
        handle = made;
    }

    private Generator(nint handle) => this.handle = handle;

    /// <summary>
    /// The generator that a device's operators draw from where they are given none (starting values of layers, for instance).
    /// All handles of it share its state; disposing one frees the handle alone.
    /// </summary>
    public static Generator Default(Device? device = null)
    {
        var where = device ?? Device.Cpu;
        nint found;
        Native.Check(Native.sg_generator_default((int)where.Type, where.Index, &found), "Generator.Default");
        return new(found);
    }

    /// <summary>Frees it where nobody did.</summary>
    ~Generator() => Free();

    internal nint Handle => handle != 0 ? handle : throw new ObjectDisposedException(nameof(Generator));

    /// <summary>Starts the sequence of a seed anew.</summary>
    public void Seed(ulong seed)
    {
        Native.Check(Native.sg_generator_seed(Handle, seed), "Generator.Seed");
        GC.KeepAlive(this);
    }

    /// <summary>The whole state, as bytes that <see cref="SetState"/> takes back.</summary>
    public byte[] GetState()
    {
        nint state;
        Native.Check(Native.sg_generator_get_state(Handle, &state), "Generator.GetState");
        GC.KeepAlive(this);
        using var tensor = Tensor.Own(state);
        return tensor.ToBytes();
    }

    /// <summary>Goes back to a state; the numbers that follow are those that followed then.</summary>
    /// <exception cref="TorchException">The bytes are no state of a generator of this kind.</exception>
    public void SetState(ReadOnlySpan<byte> state)
    {
        using var tensor = Tensor.FromBytes(state, DType.UInt8, [state.Length]);
        Native.Check(Native.sg_generator_set_state(Handle, tensor.Handle), "Generator.SetState");
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        var old = Interlocked.Exchange(ref handle, 0);
        if (old != 0) Native.sg_generator_free(old);
    }
}
