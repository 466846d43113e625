using Scenograph.Torch.Serialization.PyTorch;

namespace Scenograph.Torch.Serialization;

/// <summary>A tensor in a checkpoint; its elements are read when they are asked for, while the checkpoint is open.</summary>
public sealed class PyTorchTensor
{
    private readonly ByteSource source;
    private readonly PyTorchStorage storage;
    private readonly long offset;
    private readonly long[] shape;
    private readonly long[] strides;

    internal PyTorchTensor(ByteSource source, PyTorchStorage storage, string elementType, long offset, long[] shape, long[] strides)
    {
        this.source = source;
        this.storage = storage;
        this.offset = offset;
        this.shape = shape;
        this.strides = strides;
        ElementType = elementType;
        Length = CheckedLength();
    }

    /// <summary>E.g. <c>F32</c>; see <see cref="Serialization.ElementType"/>.</summary>
    public string ElementType { get; }

    /// <summary>Sizes; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape => shape;

    /// <summary>Steps in elements between neighbours of each dimension, as they lie in the file.</summary>
    public IReadOnlyList<long> Strides => strides;

    /// <summary>Bytes of the elements without gaps.</summary>
    public long Length { get; }

    /// <summary>The elements, row-major without gaps, little-endian.</summary>
    /// <exception cref="InputException">The file is truncated or cannot be read.</exception>
    public byte[] ReadBytes()
    {
        if (Length > Array.MaxLength)
        {
            throw source.Refuse($"a tensor of shape [{string.Join(", ", shape)}] has {Length:N0} bytes, too many to be read at once");
        }
        var bytes = GC.AllocateUninitializedArray<byte>((int)Length);
        Read(bytes);
        return bytes;
    }

    /// <summary>Reads the elements, row-major without gaps, little-endian, into memory that is at hand.</summary>
    /// <param name="target">Exactly <see cref="Length"/> bytes.</param>
    /// <exception cref="InputException">The file is truncated or cannot be read.</exception>
    public void Read(Span<byte> target)
    {
        if (target.Length != Length)
        {
            throw new ArgumentException($"the tensor has {Length} bytes, but room for {target.Length} was given", nameof(target));
        }
        if (storage.FileStart < 0)
        {
            throw source.Refuse($"the data of storage {storage.Key} are missing");
        }
        if (Length == 0)
        {
            return;
        }
        var size = Serialization.ElementType.Size(ElementType);
        var start = storage.FileStart + offset * size;
        if (IsContiguous())
        {
            source.Read(start, target);
            return;
        }
        var range = (Extent() + 1) * size;
        if (range > Array.MaxLength)
        {
            throw source.Refuse($"a tensor of shape [{string.Join(", ", shape)}] is spread over {range:N0} bytes, too many to be read at once");
        }
        var spread = GC.AllocateUninitializedArray<byte>((int)range);
        source.Read(start, spread);
        StridedCopy.Gather(spread, size, shape, strides, target);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{ElementType} [{string.Join(", ", shape)}]";

    private long CheckedLength()
    {
        var size = Serialization.ElementType.Size(ElementType);
        if (offset < 0 || shape.Any(length => length < 0) || strides.Any(stride => stride < 0))
        {
            throw source.Refuse($"the pickle describes a tensor of offset {offset}, shape [{string.Join(", ", shape)}] and strides [{string.Join(", ", strides)}], of which none may be negative");
        }
        var length = Serialization.ElementType.Bytes(ElementType, shape);
        if (length == 0)
        {
            return 0;
        }
        Int128 last = offset;
        for (var i = 0; i < shape.Length && last < storage.Bytes; i++) // stops before the sum can overflow
        {
            last += (Int128)(shape[i] - 1) * strides[i];
        }
        if (last >= storage.Bytes || (last + 1) * size > storage.Bytes)
        {
            throw source.Refuse($"the pickle describes a tensor of shape [{string.Join(", ", shape)}] that goes beyond the {storage.Bytes:N0} bytes of its storage {storage.Key}");
        }
        // A tensor may repeat its elements (stride 0), but not turn a small file into gigabytes.
        if (length < 0 || length > source.Allowance)
        {
            throw source.Refuse($"the pickle describes a tensor of shape [{string.Join(", ", shape)}], too large for a file of {source.Length:N0} bytes");
        }
        return length;
    }

    /// <summary>Distance of the last element from the first.</summary>
    private long Extent() => shape.Zip(strides, (length, stride) => (length - 1) * stride).Sum();

    private bool IsContiguous()
    {
        var expected = 1L;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            if (shape[i] != 1 && strides[i] != expected)
            {
                return false;
            }
            expected *= shape[i];
        }
        return true;
    }
}
