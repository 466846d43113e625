using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>
/// A diagonal Gaussian given by λ = [mean | s], whose VARIANCE is softplus(min(s, 80)) + 1e-5 (Emami et al. 2021, the authors' code), and
/// so never collapses below a deviation of 0.003.
/// </summary>
/// <param name="Mean">[N, z]</param>
/// <param name="Variance">[N, z]</param>
public sealed record SoftplusGaussian(Tensor Mean, Tensor Variance)
{
    /// <param name="mean">[N, z]</param>
    /// <param name="unbounded">s, [N, z]</param>
    public static SoftplusGaussian Of(Tensor mean, Tensor unbounded)
    {
        using var scope = TensorScope.Begin();
        return new(mean, scope.Keep(unbounded.ClampMax(80).Softplus() + 1e-5));
    }

    /// <param name="parameters">λ, [N, 2z]</param>
    public static SoftplusGaussian Of(Tensor parameters)
    {
        using var scope = TensorScope.Begin();
        var halves = parameters.Chunk(2, 1);
        var result = Of(halves[0], halves[1]);
        scope.Keep([result.Mean, result.Variance]);
        return result;
    }

    /// <summary>The same numbers without history.</summary>
    public SoftplusGaussian Detach() => new(Mean.Detach(), Variance.Detach());

    /// <param name="noise">One normal draw, [N, z].</param>
    /// <returns>[N, z], differentiable in mean and variance.</returns>
    public Tensor Sample(NoiseSource noise)
    {
        using var scope = TensorScope.Begin();
        return scope.Keep(Mean.Addcmul(Variance.Sqrt(), noise.Normal(Mean.Shape, Mean)));
    }

    /// <summary>KL(this ‖ prior), summed over z.</summary>
    /// <param name="prior">null: N(0, 1).</param>
    /// <returns>[N]</returns>
    public Tensor Divergence(SoftplusGaussian? prior)
    {
        using var scope = TensorScope.Begin();
        var ratio = prior is null ? Variance : Variance / prior.Variance;
        var distance = prior is null ? Mean.Square() : (Mean - prior.Mean).Square() / prior.Variance;
        return scope.Keep((ratio + distance - 1 - ratio.Log()).Sum([1]) * 0.5);
    }
}
