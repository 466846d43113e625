namespace Scenograph.Torch.Serialization;

/// <summary>Element types of the engine under the names that files have for them.</summary>
internal static class ElementTypes
{
    private static readonly (DType Type, string Name)[] Names =
    [
        (DType.UInt8, "U8"), (DType.Int8, "I8"), (DType.Int16, "I16"), (DType.Int32, "I32"), (DType.Int64, "I64"),
        (DType.Float16, "F16"), (DType.BFloat16, "BF16"), (DType.Float32, "F32"), (DType.Float64, "F64"), (DType.Bool, "BOOL"),
    ];

    public static string NameOf(DType type) => Names.First(entry => entry.Type == type).Name;

    /// <summary>The engine's type, or null where it has none (8-bit floating-point and complex numbers, unsigned 16 bits and more).</summary>
    public static DType? Parse(string name) => Names.Where(entry => entry.Name == name).Select(entry => (DType?)entry.Type).FirstOrDefault();

    /// <exception cref="InputException">The engine has no such type.</exception>
    public static DType Parse(string name, string file, string tensor) =>
        Parse(name) ?? throw new InputException($"{file}: tensor {tensor} has the element type {name}, with which no model computes");
}
