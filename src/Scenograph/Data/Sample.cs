namespace Scenograph.Data;

/// <summary>One scene as the loader, the evaluator and the reports see it: plain host memory, no tensors.</summary>
public sealed record Sample
{
    /// <summary>Position of the scene in its data set; the absolute index where the set numbers its files.</summary>
    public required int Index { get; init; }

    /// <summary>Colour channels C.</summary>
    public required int Channels { get; init; }

    /// <summary>Rows H.</summary>
    public required int Height { get; init; }

    /// <summary>Columns W.</summary>
    public required int Width { get; init; }

    /// <summary>[C, H, W], row-major, values in [0, 1].</summary>
    public required float[] Image { get; init; }

    /// <summary>[H, W] label map: 0 background, 1.. objects. Null where the set has no masks.</summary>
    public byte[]? Labels { get; init; }

    /// <summary>Whether object k exists, index 0 the background; as the set declares it, or mask not empty. Null without masks.</summary>
    public bool[]? Visible { get; init; }

    /// <summary>What is known of the scene's objects, or null.</summary>
    public SceneMetadata? Metadata { get; init; }
}

/// <param name="GroundMaterial">Material of the ground (ClevrTex), or null.</param>
/// <param name="Objects">Entry i belongs to label i + 1.</param>
public sealed record SceneMetadata(string? GroundMaterial, IReadOnlyList<ObjectMetadata> Objects);

/// <summary>Attributes of one object by name (shape, size, material, color, class ...), as text.</summary>
public sealed record ObjectMetadata(IReadOnlyDictionary<string, string> Attributes);
