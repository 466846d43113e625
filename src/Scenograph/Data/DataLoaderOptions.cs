namespace Scenograph.Data;

/// <summary>How a set is cut into batches.</summary>
public sealed record DataLoaderOptions
{
    /// <summary>Scenes of a batch, B, at least 1.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Another order in each epoch, which depends on <see cref="Seed"/> and the epoch's number alone; else the order of the set.</summary>
    public bool Shuffle { get; init; }

    /// <summary>Seed of the order.</summary>
    public long Seed { get; init; }

    /// <summary>Leave out the last scenes of an epoch that fill no batch; else they make a smaller one.</summary>
    public bool DropLast { get; init; }

    /// <summary>Threads that read ahead; 0 reads when asked for; negative: one a core, at most 4.</summary>
    public int Workers { get; init; } = -1;

    /// <summary>Batches read ahead at most, at least 1.</summary>
    public int Prefetch { get; init; } = 8;
}
