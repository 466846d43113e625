namespace Scenograph.Torch.Serialization;

/// <summary>The element types of tensors in files, under the names that safetensors gives them.</summary>
public static class ElementType
{
    private static readonly Dictionary<string, int> Sizes = new(StringComparer.Ordinal)
    {
        ["BOOL"] = 1, ["U8"] = 1, ["I8"] = 1, ["F8_E5M2"] = 1, ["F8_E4M3"] = 1, ["F8_E8M0"] = 1,
        ["I16"] = 2, ["U16"] = 2, ["F16"] = 2, ["BF16"] = 2,
        ["I32"] = 4, ["U32"] = 4, ["F32"] = 4,
        ["I64"] = 8, ["U64"] = 8, ["F64"] = 8, ["C64"] = 8,
        ["C128"] = 16,
    };

    /// <summary>Bytes of one element, or 0 where the name is unknown.</summary>
    /// <param name="name">E.g. <c>F32</c>, <c>BF16</c>, <c>I64</c>, <c>BOOL</c>.</param>
    public static int Size(string name) => Sizes.GetValueOrDefault(name);

    /// <summary>Bytes of a tensor without gaps, or −1 where they exceed 2^63 − 1.</summary>
    /// <param name="name">A known element type.</param>
    /// <param name="shape">Sizes, none negative.</param>
    internal static long Bytes(string name, ReadOnlySpan<long> shape)
    {
        if (shape.Contains(0))
        {
            return 0;
        }
        Int128 bytes = Size(name);
        foreach (var size in shape)
        {
            bytes *= size;
            if (bytes > long.MaxValue)
            {
                return -1;
            }
        }
        return (long)bytes;
    }
}
