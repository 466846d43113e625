using Scenograph.Models;
using Scenograph.Torch;

namespace Scenograph.Estimators;

/// <summary>
/// NVIL: (f(z) − b(x)) ∂ ln p(z) with a baseline network that is regressed to the loss. Mnih and Gregor, "Neural Variational Inference
/// and Learning in Belief Networks", ICML 2014, arXiv 1402.0030, equations 6 and 8. The surrogate trains the baseline too.
/// </summary>
public sealed class Nvil : GradientEstimator
{
    /// <param name="baseline">From the context to one number an item, [batch.., 1]; under <c>baseline_net</c> in the state-dict.</param>
    /// <param name="broadcast">
    /// As Borea's original: every loss is compared with every baseline, so that the surrogate is [.., B, B] over the last axis of the batch.
    /// Its mean has the batch mean of the baselines as its baseline, and each baseline is regressed to the batch mean of the loss; its sum
    /// is B times as large.
    /// </param>
    public Nvil(Layer baseline, bool broadcast = false)
    {
        Baseline = Child("baseline_net", baseline);
        IsBroadcast = broadcast;
    }

    /// <inheritdoc/>
    public override string Name => "nvil";

    /// <summary>From the context to one number an item, [batch.., 1].</summary>
    public Layer Baseline { get; }

    /// <summary>Whether every loss is compared with every baseline.</summary>
    public bool IsBroadcast { get; }

    /// <inheritdoc/>
    public override bool IsUnbiased => true;

    private protected override Estimate Compute(DiscreteLatent latent, Func<Tensor, Tensor> loss, NoiseSource noise, Tensor? context)
    {
        var (values, logProbability) = ScoreSample.Draw(latent, noise);
        var f = loss(values).Select(0, 0);                                              // [batch..]
        var expected = Expected(latent, context);
        if (IsBroadcast) expected = expected.Unsqueeze(-1);                               // [.., B, 1] against [.., 1, B]
        var signal = (IsBroadcast ? f.Unsqueeze(-2) : f).Detach() - expected;
        var score = IsBroadcast ? logProbability.Select(0, 0).Unsqueeze(-2) : logProbability.Select(0, 0);
        var error = signal.Square();
        return new(signal.Detach() * score + error - error.Detach(), f, values);
    }

    /// <summary>With the original's broadcast that of the surrogate's mean over the batch, times the number of its items.</summary>
    private protected override Tensor ComputeGradient(DiscreteLatent latent, Func<Tensor, Tensor> loss, NoiseSource noise, Tensor? context)
    {
        using var _ = GradMode.Off();
        var oneHot = latent.Sample(noise);
        var expected = Expected(latent, context);
        if (IsBroadcast) expected = expected.Mean([-1], keepdim: true);
        return ScoreSample.Gradient(latent, oneHot, loss(latent.Value(oneHot)) - expected);
    }

    /// <summary>b(x), [batch..].</summary>
    private Tensor Expected(DiscreteLatent latent, Tensor? context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Baseline.Forward(context.Detach()).To(latent.Logits.DType).Reshape(latent.BatchShape);
    }
}
