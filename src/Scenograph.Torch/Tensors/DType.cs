namespace Scenograph.Torch;

/// <summary>Element types, numbered as libtorch numbers them.</summary>
public enum DType
{
    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8 = 0,
    /// <summary>Signed 8-bit integer.</summary>
    Int8 = 1,
    /// <summary>Signed 16-bit integer.</summary>
    Int16 = 2,
    /// <summary>Signed 32-bit integer.</summary>
    Int32 = 3,
    /// <summary>Signed 64-bit integer.</summary>
    Int64 = 4,
    /// <summary>IEEE half precision.</summary>
    Float16 = 5,
    /// <summary>Single precision, the default.</summary>
    Float32 = 6,
    /// <summary>Double precision.</summary>
    Float64 = 7,
    /// <summary>Truth values, one byte each.</summary>
    Bool = 11,
    /// <summary>The upper half of a single-precision number.</summary>
    BFloat16 = 15,
}

/// <summary>Facts about element types.</summary>
public static class DTypes
{
    /// <summary>Bytes of one element.</summary>
    public static int Size(this DType type) => type switch
    {
        DType.UInt8 or DType.Int8 or DType.Bool => 1,
        DType.Int16 or DType.Float16 or DType.BFloat16 => 2,
        DType.Int32 or DType.Float32 => 4,
        DType.Int64 or DType.Float64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not an element type"),
    };

    /// <summary>Whether it holds real numbers.</summary>
    public static bool IsFloating(this DType type) => type is DType.Float16 or DType.Float32 or DType.Float64 or DType.BFloat16;

    /// <summary>The element type that stores a C# type.</summary>
    internal static DType Of<T>() where T : unmanaged =>
        typeof(T) == typeof(float) ? DType.Float32
        : typeof(T) == typeof(double) ? DType.Float64
        : typeof(T) == typeof(long) ? DType.Int64
        : typeof(T) == typeof(int) ? DType.Int32
        : typeof(T) == typeof(short) ? DType.Int16
        : typeof(T) == typeof(byte) ? DType.UInt8
        : typeof(T) == typeof(sbyte) ? DType.Int8
        : typeof(T) == typeof(bool) ? DType.Bool
        : typeof(T) == typeof(Half) ? DType.Float16
        : throw new NotSupportedException($"no tensor stores {typeof(T).Name}");
}
