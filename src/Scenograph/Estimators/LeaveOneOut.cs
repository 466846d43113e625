using System.ComponentModel.DataAnnotations;
using Scenograph.Models;
using Scenograph.Torch;

namespace Scenograph.Estimators;

/// <summary>
/// REINFORCE with leave-one-out baselines (RLOO): S draws, each compared with the mean loss of the others. Kool, van Hoof, Welling, "Buy
/// 4 REINFORCE Samples, Get a Baseline for Free!", ICLR workshop 2019, equation 8. Needs nothing to train and no gradient of the loss.
/// </summary>
public sealed class LeaveOneOut : GradientEstimator
{
    private readonly int samples;

    /// <param name="samples">S, at least 2.</param>
    /// <exception cref="InputException">There are fewer.</exception>
    public LeaveOneOut(int samples = 4) => this.samples = samples >= 2 ? samples
        : throw new InputException($"leave-one-out takes {samples} sample; at least 2 are needed, so that one is left to compare with");

    /// <inheritdoc/>
    public override string Name => "leave-one-out";

    /// <inheritdoc/>
    public override bool IsUnbiased => true;

    private protected override Estimate Compute(DiscreteLatent latent, Func<Tensor, Tensor> loss, NoiseSource noise, Tensor? context)
    {
        var (values, logProbability) = ScoreSample.Draw(latent, noise, samples);
        var f = loss(values);                                                           // [S, batch..]
        var drawn = f.Detach();
        // f − mean of the others = S/(S − 1) (f − mean of all)
        var signal = (drawn - drawn.Mean([0], keepdim: true)) * ((double)samples / (samples - 1));
        return new((signal * logProbability).Mean([0]), f.Mean([0]), values);
    }
}
