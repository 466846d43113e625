using Scenograph.Models;
using Scenograph.Models.Blocks;
using Scenograph.Torch;

namespace Scenograph.Estimators;

/// <summary>
/// DisARM: two antithetic draws of Bernoulli variables from one uniform number, with the number integrated out: ½ (f(b) − f(b̃)) (−1)^b̃ 1[b ≠ b̃]
/// σ(|l|). Dong, Mnih, Tucker, "DisARM: An Antithetic Gradient Estimator for Binary Latent Variables", NeurIPS 2020, arXiv 2006.10680,
/// equation 7; found independently as U2G by Yin, Ho, Yan, Qian, Zhou 2020. Nothing to train, no gradient of the loss.
/// </summary>
public sealed class DisArm : GradientEstimator
{
    /// <inheritdoc/>
    public override string Name => "disarm";

    /// <inheritdoc/>
    public override bool IsUnbiased => true;

    private protected override Estimate Compute(DiscreteLatent latent, Func<Tensor, Tensor> loss, NoiseSource noise, Tensor? context)
    {
        if (!latent.IsBernoulli) throw new InputException("disarm is for Bernoulli variables; leave-one-out and sum-and-sample take categorical ones");
        var logits = latent.Logits.Detach();
        var probability = logits.Sigmoid();
        var uniform = noise.Uniform(logits.Shape, logits);
        var first = (1 - uniform).Lt(probability).To(logits.DType);
        var second = uniform.Lt(probability).To(logits.DType);
        var values = Operators.Stack([first, second]);                                  // [2, batch.., variables..]
        var f = loss(values);                                                           // [2, batch..]
        var half = (f.Select(0, 0) - f.Select(0, 1)).Detach() * 0.5;
        for (var i = 0; i < latent.VariableAxes; i++) half = half.Unsqueeze(-1);
        // (−1)^b̃ where they differ is b − b̃
        var gradient = half * (first - second) * logits.Abs().Sigmoid();
        return new(KnownGradient.OfItems(half.Reshape(latent.BatchShape), latent.Logits, gradient), f.Mean([0]), values);
    }
}
