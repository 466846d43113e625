using System.Numerics;
using System.Runtime.InteropServices;
using Scenograph.Torch;
using Scenograph.Torch.Files;

namespace Scenograph.Data.Formats;

/// <summary>
/// An array of numpy's .npy format in host memory, always row-major and little-endian whatever the file was.
/// Arrays of an archive (.npz) are read by <see cref="NumpyArchive"/>.
/// </summary>
public sealed class NumpyArray
{
    private readonly byte[] bytes;

    private NumpyArray(NumpyType type, int[] shape, byte[] bytes)
    {
        Type = type;
        Shape = shape;
        this.bytes = bytes;
    }

    /// <summary>Element type.</summary>
    public NumpyType Type { get; }

    /// <summary>Sizes of the axes; empty for a scalar.</summary>
    public int[] Shape { get; }

    /// <summary>Number of elements: the product of <see cref="Shape"/>.</summary>
    public int Count => bytes.Length / Type.Size();

    /// <summary>The elements, row-major, little-endian.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>Copies values of a numeric or boolean type into a new array.</summary>
    /// <param name="values">Row-major; as many as the shape says.</param>
    /// <param name="shape">None for a scalar.</param>
    /// <exception cref="ArgumentException">Count and shape differ, or <typeparamref name="T"/> has no numpy type.</exception>
    public static NumpyArray From<T>(ReadOnlySpan<T> values, params ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        var count = 1;
        foreach (var size in shape)
        {
            count = checked(count * size);
        }

        if (count != values.Length)
        {
            throw new ArgumentException($"{values.Length} values do not fill shape ({string.Join(", ", shape.ToArray())}).", nameof(values));
        }

        return new NumpyArray(NumpyTypes.FromManaged(typeof(T)), shape.ToArray(), MemoryMarshal.AsBytes(values).ToArray());
    }

    /// <summary>The elements without a copy.</summary>
    /// <exception cref="InvalidCastException"><typeparamref name="T"/> is not the array's own element type.</exception>
    public ReadOnlySpan<T> As<T>()
        where T : unmanaged =>
        NumpyTypes.FromManaged(typeof(T)) == Type
            ? MemoryMarshal.Cast<byte, T>(bytes)
            : throw new InvalidCastException($"The array holds {Type}, not {typeof(T).Name}.");

    /// <summary>All elements as float64; 64-bit integers above 2^53 are rounded.</summary>
    public double[] ToDoubles() => Convert<double>();

    /// <summary>All elements as float32; values are rounded to the nearest.</summary>
    public float[] ToSingles() => Convert<float>();

    /// <summary>All elements as 64-bit integers; fractions are cut off, values out of range are clamped, NaN is 0.</summary>
    public long[] ToInt64s() => Convert<long>();

    /// <summary>Reads a .npy file.</summary>
    /// <exception cref="InputException">The file is missing, broken, or holds elements of another kind.</exception>
    public static NumpyArray Load(string path)
    {
        using var stream = InputFile.Open(path);
        if (!stream.CanSeek)
        {
            throw new InputException($"{path}: arrays are read from files, not from pipes.");
        }

        try
        {
            return Read(stream, stream.Length, path, long.MaxValue);
        }
        catch (IOException exception)
        {
            throw new InputException($"{path}: the file cannot be read ({exception.Message})", exception);
        }
    }

    /// <summary>Writes a .npy file (version 1.0), wholly or not at all.</summary>
    /// <exception cref="InputException">The disk is full, or the folder is missing or may not be written to.</exception>
    public void Save(string path) => AtomicFile.Write(path, Write);

    /// <summary>Writes the array with its header.</summary>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(NumpyHeader.Write(Type, Shape));
        stream.Write(bytes);
    }

    /// <summary>Reads one array, header and elements.</summary>
    /// <param name="stream">At the array's magic; need not seek.</param>
    /// <param name="length">Bytes that the file or the archive's directory declares, header included.</param>
    /// <param name="place">For messages.</param>
    /// <param name="largest">Bytes that may be allocated.</param>
    internal static NumpyArray Read(Stream stream, long length, string place, long largest)
    {
        var header = NumpyHeader.Read(stream, place);
        if (header.HeaderBytes + (long)header.DataBytes != length)
        {
            throw new InputException(
                $"{place}: shape ({string.Join(", ", header.Shape)}) of {header.Type} needs {header.DataBytes} bytes after the header, but {length - header.HeaderBytes} are there.");
        }

        if (header.DataBytes * (header.FortranOrder ? 2L : 1L) > largest)
        {
            throw new InputException(
                $"{place}: the array claims {header.DataBytes} bytes, more than its compressed size makes credible; save it uncompressed.");
        }

        var bytes = new byte[header.DataBytes];
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < bytes.Length)
        {
            throw new InputException($"{place}: the array ends after {read} of {bytes.Length} bytes.");
        }

        var size = header.Type.Size();
        if (header.BigEndian && size > 1)
        {
            for (var start = 0; start < bytes.Length; start += size)
            {
                bytes.AsSpan(start, size).Reverse();
            }
        }

        return new NumpyArray(header.Type, header.Shape, header.FortranOrder ? ToRowMajor(bytes, header.Shape, size) : bytes);
    }

    private static byte[] ToRowMajor(byte[] columnMajor, int[] shape, int size)
    {
        if (shape.Length < 2 || columnMajor.Length == 0)
        {
            return columnMajor;
        }

        var rowMajor = new byte[columnMajor.Length];
        var index = new int[shape.Length];
        var strides = new int[shape.Length];
        for (int axis = 0, stride = size; axis < shape.Length; stride *= shape[axis++])
        {
            strides[axis] = stride;
        }

        var source = 0;
        for (var target = 0; target < rowMajor.Length; target += size)
        {
            columnMajor.AsSpan(source, size).CopyTo(rowMajor.AsSpan(target));
            for (var axis = shape.Length - 1; axis >= 0; axis--)
            {
                source += strides[axis];
                if (++index[axis] < shape[axis])
                {
                    break;
                }

                source -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }

        return rowMajor;
    }

    private TTarget[] Convert<TTarget>()
        where TTarget : struct, INumberBase<TTarget> => Type switch
        {
            NumpyType.Bool or NumpyType.UInt8 => Convert<byte, TTarget>(),
            NumpyType.Int8 => Convert<sbyte, TTarget>(),
            NumpyType.Int16 => Convert<short, TTarget>(),
            NumpyType.Int32 => Convert<int, TTarget>(),
            NumpyType.Int64 => Convert<long, TTarget>(),
            NumpyType.UInt16 => Convert<ushort, TTarget>(),
            NumpyType.UInt32 => Convert<uint, TTarget>(),
            NumpyType.UInt64 => Convert<ulong, TTarget>(),
            NumpyType.Float16 => Convert<Half, TTarget>(),
            NumpyType.Float32 => Convert<float, TTarget>(),
            _ => Convert<double, TTarget>(),
        };

    private TTarget[] Convert<TSource, TTarget>()
        where TSource : unmanaged, INumberBase<TSource>
        where TTarget : struct, INumberBase<TTarget>
    {
        var source = MemoryMarshal.Cast<byte, TSource>(bytes);
        var target = new TTarget[source.Length];
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = TTarget.CreateSaturating(source[i]);
        }

        return target;
    }
}
