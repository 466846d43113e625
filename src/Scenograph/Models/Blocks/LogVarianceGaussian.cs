using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>Gaussians with diagonal covariance that are given by mean and ln σ².</summary>
public static class LogVarianceGaussian
{
    /// <summary>A draw μ + σ·ε, differentiable by both.</summary>
    /// <param name="mean">μ</param>
    /// <param name="logVariance">ln σ²</param>
    /// <param name="noise">ε, standard normal numbers.</param>
    public static Tensor Draw(Tensor mean, Tensor logVariance, Tensor noise)
    {
        using var scope = TensorScope.Begin();
        return scope.Keep(mean + (logVariance * 0.5).Exp() * noise);
    }

    /// <summary>KL( N(μ, σ²) ‖ N(m, v) ) = ½ Σ ( σ²/v − 1 − ln(σ²/v) + (μ − m)²/v ).</summary>
    /// <param name="mean">μ, [B, D]</param>
    /// <param name="logVariance">ln σ², [B, D]</param>
    /// <param name="priorMean">m, broadcast</param>
    /// <param name="priorVariance">v, broadcast</param>
    /// <returns>[B]</returns>
    public static Tensor Divergence(Tensor mean, Tensor logVariance, Tensor priorMean, Tensor priorVariance)
    {
        using var scope = TensorScope.Begin();
        var logRatio = logVariance - priorVariance.Log();
        var distance = (mean - priorMean).Square() / priorVariance;
        return scope.Keep((logRatio.Exp() + distance - logRatio - 1).Sum([1]) * 0.5);
    }

    /// <summary>KL( N(μ, σ²) ‖ N(0, 1) ).</summary>
    /// <inheritdoc cref="Divergence"/>
    public static Tensor DivergenceFromStandard(Tensor mean, Tensor logVariance)
    {
        using var scope = TensorScope.Begin();
        return scope.Keep((logVariance.Exp() + mean.Square() - logVariance - 1).Sum([1]) * 0.5);
    }
}
