using System.Runtime.InteropServices;

namespace Scenograph.Torch.Serialization.PyTorch;

/// <summary>Brings the elements of a strided tensor into row-major order.</summary>
internal static class StridedCopy
{
    /// <param name="source">From the tensor's first element to its last.</param>
    /// <param name="size">Bytes of an element: 1, 2, 4, 8 or 16.</param>
    /// <param name="shape">At least one dimension, none 0.</param>
    /// <param name="strides">In elements.</param>
    /// <param name="target">As long as the shape asks for.</param>
    public static void Gather(ReadOnlySpan<byte> source, int size, long[] shape, long[] strides, Span<byte> target)
    {
        switch (size)
        {
            case 1:
                Gather(source, shape, strides, target);
                break;
            case 2:
                Gather(MemoryMarshal.Cast<byte, short>(source), shape, strides, MemoryMarshal.Cast<byte, short>(target));
                break;
            case 4:
                Gather(MemoryMarshal.Cast<byte, int>(source), shape, strides, MemoryMarshal.Cast<byte, int>(target));
                break;
            case 8:
                Gather(MemoryMarshal.Cast<byte, long>(source), shape, strides, MemoryMarshal.Cast<byte, long>(target));
                break;
            default:
                Gather(MemoryMarshal.Cast<byte, Int128>(source), shape, strides, MemoryMarshal.Cast<byte, Int128>(target));
                break;
        }
    }

    private static void Gather<T>(ReadOnlySpan<T> source, long[] shape, long[] strides, Span<T> target)
    {
        var inner = shape.Length - 1;
        var (length, stride) = (shape[inner], strides[inner]);
        var index = new long[shape.Length];
        var row = 0L;
        for (var at = 0; at < target.Length;)
        {
            for (var i = 0L; i < length; i++)
            {
                target[at++] = source[(int)(row + i * stride)];
            }
            for (var d = inner - 1; d >= 0; d--)
            {
                row += strides[d];
                if (++index[d] < shape[d])
                {
                    break;
                }
                row -= strides[d] * shape[d];
                index[d] = 0;
            }
        }
    }
}
