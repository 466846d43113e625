using Scenograph.Models;
using Scenograph.Torch;

namespace Scenograph.Estimators;

/// <summary>
/// VIMCO: the gradient of the multi-sample bound −E ln (1/S) Σ exp(−f(zₛ)), each draw compared with what the others alone would have
/// given. Mnih and Rezende, "Variational Inference for Monte Carlo Objectives", ICML 2016, arXiv 1602.06725, equations 10 and 11. The loss
/// is −ln p(x, z) + ln q(z|x) of one draw; with the logits in it, its gradient reaches them as well. Tighter than the mean of the losses, so
/// another objective than the other estimators'.
/// </summary>
public sealed class Vimco : GradientEstimator
{
    private readonly int samples;

    /// <param name="samples">S, at least 2.</param>
    /// <exception cref="InputException">There are fewer.</exception>
    public Vimco(int samples = 5) => this.samples = samples >= 2 ? samples
        : throw new InputException($"vimco takes {samples} sample; at least 2 are needed, so that one is left to compare with");

    /// <inheritdoc/>
    public override string Name => "vimco";

    /// <summary>Of the multi-sample bound.</summary>
    public override bool IsUnbiased => true;

    private protected override Estimate Compute(DiscreteLatent latent, Func<Tensor, Tensor> loss, NoiseSource noise, Tensor? context)
    {
        var (values, logProbability) = ScoreSample.Draw(latent, noise, samples);
        var logWeight = -loss(values);                                                  // [S, batch..]
        var bound = logWeight.Logsumexp([0]) - Math.Log(samples);                       // [batch..]
        var signal = bound.Detach() - WithoutEach(logWeight.Detach());
        return new(-(signal * logProbability).Sum([0]), -bound, values);
    }

    /// <summary>The bound with each draw's weight in turn replaced by the geometric mean of the others', [S, batch..].</summary>
    private Tensor WithoutEach(Tensor logWeight)
    {
        var others = (logWeight.Sum([0], keepdim: true) - logWeight) / (samples - 1);    // [S, batch..]
        var replaced = Operators.Eye(samples, logWeight.DType, logWeight.Device).Reshape([samples, samples, .. Enumerable.Repeat(1L, logWeight.Dimensions - 1)]);
        var weights = Operators.Where(replaced.Gt(0), others.Unsqueeze(0), logWeight.Unsqueeze(0)); // [replaced, S, batch..]
        return weights.Logsumexp([1]) - Math.Log(samples);
    }
}
