using Scenograph.Data.Generated;

namespace Scenograph.Data;

/// <summary>What a data spec does not say.</summary>
public sealed record DataSetOptions
{
    /// <summary>Seed of generated sets but <c>multi_mnist</c>, which has its own.</summary>
    public long Seed { get; init; }

    /// <summary>At most so many scenes, from the first on; null: all of a set on disk, 60,000 / 1,000 / 320 (train / val / test) of a generated one, 60,000 / 10,000 / 10,000 of Multi-MNIST.</summary>
    public int? Count { get; init; }

    /// <summary>How the scenes of <c>sprites</c> look.</summary>
    public SpriteOptions Sprites { get; init; } = new();

    /// <summary>How the scenes of generated <c>tetrominoes</c> look.</summary>
    public TetrominoOptions Tetrominoes { get; init; } = new();

    /// <summary>How the scenes of <c>multi_mnist</c> are made; the spec sets the variant.</summary>
    public MultiMnistOptions MultiMnist { get; init; } = new();
}
