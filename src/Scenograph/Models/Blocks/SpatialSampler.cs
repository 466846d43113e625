using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>
/// The sampling half of a spatial transformer (Jaderberg et al. 2015, arXiv 1506.02025): reads pictures at moved places, bilinearly, with zeros
/// outside. Places are moved affinely, or by polynomials of a higher degree. X grows to the right, Y downwards, both from −1 to 1 between the
/// picture's edges (not between the centres of its outer pixels).
/// </summary>
/// <param name="height">Rows H' of the result.</param>
/// <param name="width">Columns W' of the result.</param>
/// <param name="degree">Of the polynomials in X and Y; 1: affine.</param>
public sealed class SpatialSampler(int height, int width, int degree = 1) : Module
{
    private Tensor? points;

    /// <summary>Rows of the result.</summary>
    public int Height => height;

    /// <summary>Columns of the result.</summary>
    public int Width => width;

    /// <param name="images">[B, C, H, W]; the same B, or 1 for one picture that all transforms read.</param>
    /// <param name="theta">
    /// [B, 2, M], or its numbers row by row, [B, 2M]: the result at (X, Y) is the picture at (θ₀₀X + θ₀₁Y + θ₀₂ + .., θ₁₀X + θ₁₁Y + θ₁₂ + ..). Behind the affine three stand the monomials
    /// of each higher degree, X's powers falling: X², XY, Y², X³, ..
    /// </param>
    /// <returns>[B, C, H', W']</returns>
    public Tensor Forward(Tensor images, Tensor theta)
    {
        using var scope = TensorScope.Begin();
        var batch = theta.Size(0);
        // One matrix product for the whole batch; X and Y stay planes of their own in memory, which the sampler reads fastest.
        var grid = theta.Reshape([batch * 2, -1]).MatMul(Points(theta)).View([batch, 2, height, width]).Permute([0, 2, 3, 1]); // [B, H', W', 2]
        if (images.Size(0) != batch) images = images.Expand([batch, -1, -1, -1]);
        return scope.Keep(Operators.GridSampler(images, grid.To(images.DType), interpolationMode: 0, paddingMode: 0, alignCorners: false));
    }

    /// <summary>Monomials of the result's pixel centres, [M, H'·W'].</summary>
    private Tensor Points(Tensor like)
    {
        if (points is { } made && made.DType == like.DType && made.Device == like.Device) return made;
        points?.Dispose();
        using var scope = TensorScope.Begin();
        using var _ = GradMode.Off();
        var x = Centres(width, like).View([1, width]).Expand([height, width]);
        var y = Centres(height, like).View([height, 1]).Expand([height, width]);
        var monomials = new List<Tensor> { x, y, x.OnesLike() };
        for (var power = 2; power <= degree; power++)
        {
            for (var ofY = 0; ofY <= power; ofY++) monomials.Add(x.Pow(power - ofY) * y.Pow(ofY));
        }
        points = Operators.Stack([.. monomials]).Flatten(1).Detached();
        return points;
    }

    private static Tensor Centres(int count, Tensor like)
    {
        var edge = 1 - 1.0 / count;
        return count == 1 ? Operators.Zeros([1], like.DType, like.Device) : Operators.Linspace(-edge, edge, count, like.DType, like.Device);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) points?.Dispose();
        base.Dispose(disposing);
    }
}
