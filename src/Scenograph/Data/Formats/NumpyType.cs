namespace Scenograph.Data.Formats;

/// <summary>Element types of .npy files that are read and written. Structured, text, complex and object arrays are refused.</summary>
public enum NumpyType
{
    /// <summary>One byte, 0 or 1 (<c>|b1</c>).</summary>
    Bool,

    /// <summary><c>|i1</c>.</summary>
    Int8,

    /// <summary><c>i2</c>.</summary>
    Int16,

    /// <summary><c>i4</c>.</summary>
    Int32,

    /// <summary><c>i8</c>.</summary>
    Int64,

    /// <summary><c>|u1</c>.</summary>
    UInt8,

    /// <summary><c>u2</c>.</summary>
    UInt16,

    /// <summary><c>u4</c>.</summary>
    UInt32,

    /// <summary><c>u8</c>.</summary>
    UInt64,

    /// <summary><c>f2</c>.</summary>
    Float16,

    /// <summary><c>f4</c>.</summary>
    Float32,

    /// <summary><c>f8</c>.</summary>
    Float64,
}

/// <summary>Sizes and names of <see cref="NumpyType"/>.</summary>
public static class NumpyTypes
{
    private static readonly (NumpyType Type, string Code, Type Managed)[] Table =
    [
        (NumpyType.Bool, "b1", typeof(bool)),
        (NumpyType.Int8, "i1", typeof(sbyte)),
        (NumpyType.Int16, "i2", typeof(short)),
        (NumpyType.Int32, "i4", typeof(int)),
        (NumpyType.Int64, "i8", typeof(long)),
        (NumpyType.UInt8, "u1", typeof(byte)),
        (NumpyType.UInt16, "u2", typeof(ushort)),
        (NumpyType.UInt32, "u4", typeof(uint)),
        (NumpyType.UInt64, "u8", typeof(ulong)),
        (NumpyType.Float16, "f2", typeof(Half)),
        (NumpyType.Float32, "f4", typeof(float)),
        (NumpyType.Float64, "f8", typeof(double)),
    ];

    /// <summary>Bytes of one element: 1, 2, 4 or 8.</summary>
    public static int Size(this NumpyType type) => Table[(int)type].Code[1] - '0';

    /// <summary>Whether the elements are whole numbers or booleans.</summary>
    public static bool IsInteger(this NumpyType type) => type < NumpyType.Float16;

    /// <summary>Letter and size as numpy writes them, without byte order: <c>f4</c>.</summary>
    internal static string Code(this NumpyType type) => Table[(int)type].Code;

    internal static NumpyType? FromCode(string code) =>
        Table.Where(row => row.Code == code).Select(row => (NumpyType?)row.Type).FirstOrDefault();

    internal static NumpyType FromManaged(Type managed) =>
        Table.Where(row => row.Managed == managed).Select(row => (NumpyType?)row.Type).FirstOrDefault()
        ?? throw new ArgumentException($"{managed.Name} has no numpy element type.", nameof(managed));
}
