namespace Scenograph.Data.Generated;

/// <summary>How generated tetromino scenes look.</summary>
public sealed record TetrominoOptions
{
    /// <summary>Use the two straight pieces too: 19 (shape, orientation) pairs; the published set has 17 and does not say which.</summary>
    public bool Straight { get; init; } = true;

    /// <summary>Bevelled cells as in the published images; else every cell is flat.</summary>
    public bool Bevel { get; init; } = true;
}
