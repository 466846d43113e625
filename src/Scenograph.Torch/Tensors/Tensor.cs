using System.Runtime.InteropServices;

namespace Scenograph.Torch;

/// <summary>
/// A tensor of libtorch. It owns one reference; <see cref="Dispose"/> or the <see cref="TensorScope"/> it was made in gives
/// that back, the finalizer is the safety net. Operators are generated from ops.txt under libtorch's own names.
/// </summary>
public sealed unsafe partial class Tensor : IDisposable
{
    private static long liveCount;

    private nint handle;
    private long[]? shape;
    private DType dtype;
    private Device device;
    internal TensorScope? Scope;

    private Tensor(nint handle)
    {
        this.handle = handle;
        if (handle == 0) return; // an operator may give back a tensor that is not defined; there is nothing to count or free
        Interlocked.Increment(ref liveCount);
        TensorScope.Current?.Add(this);
    }

    /// <summary>Frees the reference where nobody did.</summary>
    ~Tensor() => Free();

    /// <summary>Tensors of this process that hold a reference now. Tests assert that it returns to its start.</summary>
    public static long LiveCount => Interlocked.Read(ref liveCount);

    internal static Tensor Own(nint handle) => new(handle);

    internal static Tensor? OwnOrNull(nint handle) => handle == 0 ? null : new(handle);

    internal nint Handle => handle != 0 ? handle : throw new ObjectDisposedException(nameof(Tensor), "this tensor was freed; Keep it out of its scope to use it later");

    /// <summary>Sizes of the dimensions.</summary>
    public ReadOnlySpan<long> Shape
    {
        get
        {
            if (shape is null) Describe();
            return shape;
        }
    }

    /// <summary>Number of dimensions.</summary>
    public int Dimensions => Shape.Length;

    /// <summary>Size of one dimension; negative counts from the end.</summary>
    public long Size(int dimension) => Shape[dimension < 0 ? Shape.Length + dimension : dimension];

    /// <summary>Number of elements.</summary>
    public long Count
    {
        get
        {
            long count = 1;
            foreach (var size in Shape) count *= size;
            return count;
        }
    }

    /// <summary>Element type.</summary>
    public DType DType
    {
        get
        {
            if (shape is null) Describe();
            return dtype;
        }
    }

    /// <summary>Where it lives.</summary>
    public Device Device
    {
        get
        {
            if (shape is null) Describe();
            return device;
        }
    }

    /// <summary>Whether the elements stand in memory in row-major order.</summary>
    public bool IsContiguous => Describe().IsContiguous != 0;

    /// <summary>Whether the elements of a [B, C, H, W] tensor stand in memory with C fastest.</summary>
    public bool IsChannelsLast => Describe().IsChannelsLast != 0;

    /// <summary>Whether differentiation follows it.</summary>
    public bool RequiresGrad
    {
        get => Describe().RequiresGrad != 0;
        set
        {
            Native.Check(Native.sg_tensor_set_requires_grad(Handle, value ? 1 : 0));
            GC.KeepAlive(this);
        }
    }

    /// <summary>Whether it is no result of a differentiable operator.</summary>
    public bool IsLeaf => Describe().IsLeaf != 0;

    /// <summary>The accumulated gradient of a leaf, or null. Every read gives a new handle, which the current scope owns.</summary>
    public Tensor? Grad
    {
        get
        {
            nint grad;
            Native.Check(Native.sg_tensor_grad(Handle, &grad));
            GC.KeepAlive(this);
            return OwnOrNull(grad);
        }
        set
        {
            Native.Check(Native.sg_tensor_set_grad(Handle, value?.Handle ?? 0));
            GC.KeepAlive(this);
            GC.KeepAlive(value);
        }
    }

    private Native.Description Describe()
    {
        long* sizes = stackalloc long[16];
        Native.Description description;
        Native.Check(Native.sg_tensor_describe(Handle, &description, sizes));
        GC.KeepAlive(this);
        dtype = (DType)description.DType;
        device = new((DeviceType)description.DeviceType, description.DeviceIndex);
        shape ??= new ReadOnlySpan<long>(sizes, description.Dimensions).ToArray();
        return description;
    }

    /// <summary>Copies host values (row-major) into a new tensor.</summary>
    /// <param name="values">As many as the shape holds.</param>
    /// <param name="shape">Sizes of the dimensions.</param>
    /// <param name="device">Where the tensor lives; the processor if left out.</param>
    public static Tensor From<T>(ReadOnlySpan<T> values, ReadOnlySpan<long> shape, Device? device = null) where T : unmanaged
    {
        fixed (T* data = values) return FromMemory(data, (long)values.Length * sizeof(T), DTypes.Of<T>(), shape, device);
    }

    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, ReadOnlySpan{long}, Torch.Device?)"/>
    public static Tensor From<T>(T[] values, ReadOnlySpan<long> shape, Device? device = null) where T : unmanaged =>
        From((ReadOnlySpan<T>)values, shape, device);

    /// <summary>Copies the bytes of row-major elements into a new tensor.</summary>
    public static Tensor FromBytes(ReadOnlySpan<byte> bytes, DType dtype, ReadOnlySpan<long> shape, Device? device = null)
    {
        fixed (byte* data = bytes) return FromMemory(data, bytes.Length, dtype, shape, device);
    }

    /// <summary>A tensor of no dimensions.</summary>
    public static Tensor FromScalar(double value, DType dtype = DType.Float32, Device? device = null) =>
        Operators.Full([], value, dtype: dtype, device: device);

    private static Tensor FromMemory(void* data, long bytes, DType dtype, ReadOnlySpan<long> shape, Device? device)
    {
        long count = 1;
        foreach (var size in shape) count = checked(count * size);
        if (count * dtype.Size() != bytes) throw new ArgumentException($"{bytes} bytes are no tensor of {dtype}[{string.Join(", ", shape.ToArray())}]");
        nint handle;
        fixed (long* sizes = shape) Native.Check(Native.sg_tensor_from_host(data, sizes, shape.Length, (int)dtype, &handle), "Tensor.From");
        var tensor = Own(handle);
        if (device is not { Type: not DeviceType.Cpu } elsewhere) return tensor;
        using (tensor) return tensor.To(elsewhere);
    }

    /// <summary>The elements, row-major, converted to <typeparamref name="T"/>'s element type where they have another.</summary>
    public T[] ToArray<T>() where T : unmanaged
    {
        var wanted = DTypes.Of<T>();
        if (DType != wanted)
        {
            using var converted = To(wanted);
            return converted.ToArray<T>();
        }
        var values = new T[Count];
        CopyTo(values.AsSpan());
        return values;
    }

    /// <summary>Copies the elements, row-major, to host memory of exactly their number and type.</summary>
    public void CopyTo<T>(Span<T> values) where T : unmanaged
    {
        if (DTypes.Of<T>() != DType) throw new ArgumentException($"a {DType} tensor cannot be copied to {typeof(T).Name} values");
        fixed (T* data = values) Native.Check(Native.sg_tensor_to_host(Handle, data, (long)values.Length * sizeof(T)));
        GC.KeepAlive(this);
    }

    /// <summary>The elements' bytes, row-major.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Count * DType.Size()];
        fixed (byte* data = bytes) Native.Check(Native.sg_tensor_to_host(Handle, data, bytes.Length));
        GC.KeepAlive(this);
        return bytes;
    }

    /// <summary>The value of a tensor of one element. On an accelerator this waits for all work before it.</summary>
    public double ToDouble()
    {
        double value;
        Native.Check(Native.sg_tensor_item(Handle, &value));
        GC.KeepAlive(this);
        return value;
    }

    /// <summary>On another device; itself (a new handle) where it is there already.</summary>
    public Tensor To(Device target) => To(target, DType);

    /// <summary>Takes the values, element type and device of another tensor over, keeping identity and gradient tracking.</summary>
    internal void ReplaceData(Tensor data)
    {
        SetData(data);
        ShapeChanged();
    }

    /// <summary>Called behind operators that change shape, type or place of the tensor itself.</summary>
    private void ShapeChanged() => shape = null;

    /// <summary>Another handle of the same tensor.</summary>
    public Tensor Share()
    {
        var copy = Own(Native.sg_tensor_retain(Handle));
        GC.KeepAlive(this);
        return copy;
    }

    /// <summary>Takes the tensor out of its scope, so that it lives until disposed or, in an outer scope, until that ends.</summary>
    public Tensor Keep()
    {
        Scope?.Keep(this);
        return this;
    }

    /// <summary>Takes the tensor out of all scopes: whoever holds it owns it.</summary>
    public Tensor Detached()
    {
        Scope?.Remove(this);
        return this;
    }

#pragma warning disable CA1816 // a scope releases many tensors at once; both ways end in Release
    /// <inheritdoc/>
    public void Dispose()
    {
        // On a foreign thread the scope keeps an entry that is freed already, since only its own thread may change it.
        if (Scope is { IsOfThisThread: true } scope) scope.Remove(this);
        Release();
    }

    internal void Release()
    {
        Scope = null;
        Free();
        GC.SuppressFinalize(this);
    }

#pragma warning restore CA1816

    private void Free()
    {
        var old = Interlocked.Exchange(ref handle, 0);
        if (old == 0) return;
        Native.sg_tensor_free(old);
        Interlocked.Decrement(ref liveCount);
    }

    /// <inheritdoc/>
    public override string ToString() => handle == 0 ? "Tensor (freed)" : $"{DType}[{string.Join(", ", Shape.ToArray())}]";
}
