using System.Buffers.Binary;
using Scenograph.Torch.Serialization.Pickle;

namespace Scenograph.Torch.Serialization.PyTorch;

/// <summary>A number that numpy has pickled: its type and its bytes.</summary>
internal static class NumpyScalar
{
    public static (bool Known, object? Value) Read(PickleObject type, byte[] value)
    {
        if (type.Constructor.ToString() != "numpy.dtype" || type.Arguments.Items is not [string code, ..] || IsBigEndian(type))
        {
            return (false, null);
        }
        return (code, value.Length) switch
        {
            ("f8", 8) => (true, BinaryPrimitives.ReadDoubleLittleEndian(value)),
            ("f4", 4) => (true, (double)BinaryPrimitives.ReadSingleLittleEndian(value)),
            ("f2", 2) => (true, (double)BinaryPrimitives.ReadHalfLittleEndian(value)),
            ("i8", 8) => (true, BinaryPrimitives.ReadInt64LittleEndian(value)),
            ("i4", 4) => (true, (long)BinaryPrimitives.ReadInt32LittleEndian(value)),
            ("i2", 2) => (true, (long)BinaryPrimitives.ReadInt16LittleEndian(value)),
            ("i1", 1) => (true, (long)(sbyte)value[0]),
            ("u4", 4) => (true, (long)BinaryPrimitives.ReadUInt32LittleEndian(value)),
            ("u2", 2) => (true, (long)BinaryPrimitives.ReadUInt16LittleEndian(value)),
            ("u1", 1) => (true, (long)value[0]),
            ("b1", 1) => (true, value[0] != 0),
            _ => (false, null),
        };
    }

    private static bool IsBigEndian(PickleObject type) => type.State is PickleTuple { Items: [_, ">", ..] };
}
