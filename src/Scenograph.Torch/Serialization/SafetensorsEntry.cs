namespace Scenograph.Torch.Serialization;

/// <summary>A tensor to be written to a safetensors file.</summary>
/// <param name="Name">Unique within the file.</param>
/// <param name="ElementType">E.g. <c>F32</c>; see <see cref="Serialization.ElementType"/>.</param>
/// <param name="Shape">Sizes; empty for a scalar.</param>
/// <param name="Write">Writes the elements, row-major and little-endian, exactly as many bytes as type and shape ask for.</param>
public sealed record SafetensorsEntry(string Name, string ElementType, IReadOnlyList<long> Shape, Action<Stream> Write)
{
    /// <summary>A tensor whose bytes are at hand.</summary>
    /// <param name="name">Unique within the file.</param>
    /// <param name="elementType">E.g. <c>F32</c>.</param>
    /// <param name="shape">Sizes; empty for a scalar.</param>
    /// <param name="bytes">The elements, row-major and little-endian.</param>
    public SafetensorsEntry(string name, string elementType, IReadOnlyList<long> shape, ReadOnlyMemory<byte> bytes)
        : this(name, elementType, shape, stream => stream.Write(bytes.Span))
    {
    }
}
