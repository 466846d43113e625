using Scenograph.Data.Folders;
using Scenograph.Data.Generated;

namespace Scenograph.Data;

/// <summary>What a data spec does not say.</summary>
public sealed record DataSetOptions
{
    /// <summary>Seed of generated sets but <c>multi_mnist</c>, which has its own.</summary>
    public long Seed { get; init; }

    /// <summary>At most so many scenes, from the first on; null: all of a set on disk, 60,000 / 1,000 / 320 (train / val / test) of a generated one, 60,000 / 10,000 / 10,000 of Multi-MNIST.</summary>
    public int? Count { get; init; }

    /// <summary>Leave out scenes of fewer objects, the background not counted; for sets read from disk that say what each scene has: clevr, multi_dsprites, objects_room, tetrominoes, tfrecords.</summary>
    public int? MinimumObjects { get; init; }

    /// <summary>Leave out scenes of more objects, the background not counted: 6 for CLEVR6. Null: none are left out.</summary>
    public int? MaximumObjects { get; init; }

    /// <summary>Choose as the code published with IODINE does (deepmind-research/iodine), whose lower bound is a slip: scenes in which the visible entities, the background counted, are exactly <see cref="MaximumObjects"/>.</summary>
    public bool IodineObjectFilter { get; init; }

    /// <summary>How the masks of picture folders are read.</summary>
    public FolderOptions Folder { get; init; } = new();

    /// <summary>How the scenes of <c>sprites</c> look.</summary>
    public SpriteOptions Sprites { get; init; } = new();

    /// <summary>How the scenes of generated <c>tetrominoes</c> look.</summary>
    public TetrominoOptions Tetrominoes { get; init; } = new();

    /// <summary>Give <c>letters</c> as EMNIST stores them, rows and columns exchanged, as the published experiments saw them.</summary>
    public bool LettersAsStored { get; init; }

    /// <summary>How the scenes of <c>air_multi_mnist</c> are made.</summary>
    public AirMultiMnistOptions AirMultiMnist { get; init; } = new();

    /// <summary>How the scenes of <c>multi_mnist</c> are made; the spec sets the variant.</summary>
    public MultiMnistOptions MultiMnist { get; init; } = new();
}
