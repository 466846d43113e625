using System.Runtime.InteropServices;

namespace Scenograph.Torch;

/// <summary>Mirrors sg_tag of native/torch/sg.h.</summary>
internal enum ValueTag
{
    Default = 0,
    None = 1,
    Tensor = 2,
    Int = 3,
    Double = 4,
    Bool = 5,
    IntList = 6,
    DoubleList = 7,
    TensorList = 8,
    OptionalTensorList = 9,
    String = 10,
    Device = 11,
    Generator = 12,
}

/// <summary>One argument or result of an operator; mirrors sg_value of native/torch/sg.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct Value
{
    internal readonly ValueTag Tag;
    internal readonly int Count;
    internal readonly long Bits;

    private Value(ValueTag tag, long bits, int count = 0)
    {
        Tag = tag;
        Bits = bits;
        Count = count;
    }

    private static Value None => new(ValueTag.None, 0);

    internal static Value Of(Tensor? tensor) => tensor is null ? None : new(ValueTag.Tensor, tensor.Handle);
    internal static Value Of(long value) => new(ValueTag.Int, value);
    internal static Value Of(long? value) => value is { } v ? Of(v) : None;
    internal static Value Of(double value) => new(ValueTag.Double, BitConverter.DoubleToInt64Bits(value));
    internal static Value Of(double? value) => value is { } v ? Of(v) : None;
    internal static Value Of(bool value) => new(ValueTag.Bool, value ? 1 : 0);
    internal static Value Of(bool? value) => value is { } v ? Of(v) : None;
    internal static Value Of(Scalar value) => new(value.Tag, value.Bits);
    internal static Value Of(DType value) => new(ValueTag.Int, (long)value);
    internal static Value Of(DType? value) => value is { } v ? Of(v) : None;
    internal static Value Of(MemoryFormat value) => new(ValueTag.Int, (long)value);
    internal static Value Of(MemoryFormat? value) => value is { } v ? Of(v) : None;
    internal static Value Of(Device value) => new(ValueTag.Device, ((long)value.Type << 32) | (uint)value.Index);
    internal static Value Of(Device? value) => value is { } v ? Of(v) : None;
    internal static Value Of(Generator? value) => value is null ? None : new(ValueTag.Generator, value.Handle);

    internal static Value Of(IntList list, long* place, int fixedLength, bool noneIfDefault) =>
        list.IsDefault ? (noneIfDefault ? None : default) : new(ValueTag.IntList, (nint)place, list.Write(place, fixedLength));

    internal static Value Of(ReadOnlySpan<Tensor?> list, nint* place, bool optional)
    {
        for (var i = 0; i < list.Length; i++)
        {
            place[i] = list[i] is { } tensor ? tensor.Handle
                : optional ? 0
                : throw new ArgumentException($"tensor {i} of a list of {list.Length} is null", nameof(list));
        }
        return new(optional ? ValueTag.OptionalTensorList : ValueTag.TensorList, (nint)place, list.Length);
    }

    internal static Value Text(byte* utf8, byte[]? bytes) => bytes is null ? None : new(ValueTag.String, (nint)utf8, bytes.Length);

    internal static void KeepAlive(ReadOnlySpan<Tensor?> list)
    {
        foreach (var tensor in list) GC.KeepAlive(tensor);
    }
}
