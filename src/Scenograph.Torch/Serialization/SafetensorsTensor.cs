namespace Scenograph.Torch.Serialization;

/// <summary>What a safetensors file says of one of its tensors.</summary>
/// <param name="Name">Unique within the file.</param>
/// <param name="ElementType">E.g. <c>F32</c>; see <see cref="Serialization.ElementType"/>.</param>
/// <param name="Shape">Sizes; empty for a scalar.</param>
/// <param name="Start">Place of the first byte, counted from the end of the header.</param>
/// <param name="Length">Bytes, equal to what type and shape ask for.</param>
public sealed record SafetensorsTensor(string Name, string ElementType, IReadOnlyList<long> Shape, long Start, long Length);
