using Scenograph.Models;
using Scenograph.Torch;

namespace Scenograph.Estimators;

/// <summary>
/// REINFORCE: f(z) ∂ ln p(z), one draw and no baseline. Williams, "Simple Statistical Gradient-Following Algorithms for Connectionist
/// Reinforcement Learning", Machine Learning 8, 1992, equation 4 with a baseline of 0.
/// </summary>
public sealed class Reinforce : GradientEstimator
{
    /// <inheritdoc/>
    public override string Name => "reinforce";

    /// <inheritdoc/>
    public override bool IsUnbiased => true;

    private protected override Estimate Compute(DiscreteLatent latent, Func<Tensor, Tensor> loss, NoiseSource noise, Tensor? context)
    {
        var (values, logProbability) = ScoreSample.Draw(latent, noise);
        var f = loss(values);                                                           // [1, batch..]
        return new((f.Detach() * logProbability).Select(0, 0), f.Select(0, 0), values);
    }

    private protected override Tensor ComputeGradient(DiscreteLatent latent, Func<Tensor, Tensor> loss, NoiseSource noise, Tensor? context)
    {
        using var _ = GradMode.Off();
        var oneHot = latent.Sample(noise);
        return ScoreSample.Gradient(latent, oneHot, loss(latent.Value(oneHot)));
    }
}
