using Scenograph.Torch;

namespace Scenograph.Data.Generated;

/// <summary>How the scenes that AIR and DAIR are trained on are made (Borea 2021).</summary>
public sealed record AirMultiMnistOptions
{
    /// <summary>Only the digits 2, 6 and 9; the spec's variant <c>simplified</c> sets it.</summary>
    public bool Simplified { get; init; }

    /// <summary>
    /// The first digit's row is its column, as an index slip of the original has it: it then lies on the diagonal always. False: its row is
    /// the second number that was drawn for it.
    /// </summary>
    public bool Diagonal { get; init; }

    /// <summary>Label a digit's whole box of 28 × 28 pixels, as the original does, and not the pixels that it covers.</summary>
    public bool BoxLabels { get; init; }

    /// <summary>Seed of the training scenes, from 0 to 4294967293; validation scenes have it plus 1, test scenes plus 2.</summary>
    public long Seed { get; init; } = 42;

    /// <exception cref="InputException">A value is out of its range.</exception>
    public void Check()
    {
        if (Seed is < 0 or > uint.MaxValue - 2)
        {
            throw new InputException($"air_multi_mnist: seed is {Seed}, but must be from 0 to {uint.MaxValue - 2}.");
        }
    }
}
