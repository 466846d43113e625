using Scenograph.Torch;

namespace Scenograph.Data.Generated;

/// <summary>How generated tetromino scenes look.</summary>
public sealed record TetrominoOptions
{
    /// <summary>Use the two straight pieces too: 19 (shape, orientation) pairs; the published set has 17 and does not say which.</summary>
    public bool Straight { get; init; } = true;

    /// <summary>Bevelled cells as in the published images; else every cell is flat.</summary>
    public bool Bevel { get; init; } = true;

    /// <summary>Pieces of every scene, 1 to 5; three in the published set.</summary>
    public int Pieces { get; init; } = 3;

    /// <exception cref="InputException">A value is out of its range.</exception>
    public void Check()
    {
        // Six seldom find room.
        if (Pieces is < 1 or > 5)
        {
            throw new InputException($"tetrominoes: {nameof(Pieces)} is {Pieces}, but must be 1 to 5.");
        }
    }
}
