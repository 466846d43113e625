using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>
/// Adds a learned linear projection of the pixel's place to every feature (Locatello et al. 2020, appendix E.2).
/// Names <c>grid</c> (buffer [1, 4, H, W]), <c>aff.weight</c> [D, 4, 1, 1], <c>aff.bias</c> [D].
/// </summary>
public sealed class SoftPositionEmbedding : Layer
{
    private readonly Tensor grid;
    private readonly Conv2d projection;

    /// <param name="height">Rows H.</param>
    /// <param name="width">Columns W.</param>
    /// <param name="size">Feature size D.</param>
    /// <param name="random">Source of the starting values.</param>
    public SoftPositionEmbedding(int height, int width, int size, Generator? random = null)
    {
        grid = Buffer("grid", PositionGrid.FourBorders(height, width));
        projection = Child("aff", new Conv2d(4, size, kernel: 1, random: random));
    }

    /// <param name="input">[B, D, H, W], or [B, D, 1, 1] to broadcast one vector to every place.</param>
    /// <returns>[B, D, H, W]</returns>
    public override Tensor Forward(Tensor input)
    {
        using var scope = TensorScope.Begin();
        return scope.Keep(input + projection.Forward(grid));
    }
}
