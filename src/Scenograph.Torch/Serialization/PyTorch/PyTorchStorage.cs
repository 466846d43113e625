namespace Scenograph.Torch.Serialization.PyTorch;

/// <summary>A run of elements in a checkpoint that one or several tensors look at.</summary>
internal sealed class PyTorchStorage
{
    /// <summary>Torch's key for it: the name of a zip entry, or a number in the old format.</summary>
    public required string Key { get; init; }

    /// <summary>E.g. <c>F32</c>; <c>U8</c> for an untyped storage.</summary>
    public required string ElementType { get; init; }

    /// <summary>Number of elements.</summary>
    public required long Count { get; init; }

    /// <summary>Whether <see cref="ElementType"/> says nothing and the tensor names its own.</summary>
    public bool IsUntyped { get; init; }

    /// <summary>The storage of which this is a piece (old format only), or null.</summary>
    public PyTorchStorage? Root { get; init; }

    /// <summary>First element of the piece.</summary>
    public long RootOffset { get; init; }

    /// <summary>Place of the first byte in the file; −1 while it is not known.</summary>
    public long Start { get; set; } = -1;

    public long Bytes => Count * Serialization.ElementType.Size(ElementType);

    /// <summary>Place of the first byte in the file, or −1 where the file does not hold the storage.</summary>
    public long FileStart => Root == null ? Start : Root.FileStart < 0 ? -1 : Root.FileStart + RootOffset * Serialization.ElementType.Size(ElementType);
}
