using Scenograph.Models;
using Scenograph.Torch;

namespace Scenograph.Estimators;

/// <summary>
/// Sum and sample: the likeliest classes are summed over exactly, and one draw stands for the rest. Liu, Regier, Tripuraneni, Jordan,
/// McAuliffe, "Rao-Blackwellized Stochastic Gradients for Discrete Distributions", ICML 2019, arXiv 1810.04777, equation 6; the mean loss of
/// the summed classes serves as baseline. Exact where all classes are summed; as confident as the encoder is, as quiet it is.
/// </summary>
public sealed class SumAndSample : GradientEstimator
{
    private const double Taken = -1e9;

    private readonly int summed;

    /// <param name="summed">Classes that are summed over, at least 1.</param>
    /// <exception cref="InputException">There is none.</exception>
    public SumAndSample(int summed = 3) => this.summed = summed >= 1 ? summed
        : throw new InputException($"sum-and-sample sums over {summed} classes; at least 1 is needed");

    /// <inheritdoc/>
    public override string Name => "sum-and-sample";

    /// <inheritdoc/>
    public override bool IsUnbiased => true;

    private protected override Estimate Compute(DiscreteLatent latent, Func<Tensor, Tensor> loss, NoiseSource noise, Tensor? context)
    {
        if (latent.VariableAxes > 0) throw new InputException("sum-and-sample is for one variable an item; leave-one-out takes several");
        var log = latent.BoundedLogProbabilities();                                     // [batch.., K]
        var count = (int)Math.Min(summed, latent.Classes);
        var known = log.Detach();
        var top = known.Topk(count).Indices;                                            // [batch.., count]
        var rest = noise.Categorical(known.Scatter(-1, top, Taken)).Argmax(-1, keepdim: true); // [batch.., 1]
        var classes = Operators.Cat([top, rest], -1);                                   // [batch.., S]
        var logProbability = log.Gather(-1, classes).Movedim([-1], [0]);                // [S, batch..]
        var weight = logProbability.Detach().Exp();
        var summedWeight = weight.Narrow(0, 0, count);
        var left = (1 - summedWeight.Sum([0], keepdim: true)).ClampMin(0);
        if (count == latent.Classes) left = left.ZerosLike();
        weight = Operators.Cat([summedWeight, left]);                                   // [S, batch..], sums to 1

        var values = latent.Value(ClassAxis.OneHot(classes.Movedim([-1], [0]), latent.Classes, latent.Logits));
        var f = loss(values);                                                           // [S, batch..]
        var drawn = f.Detach();
        var baseline = drawn.Narrow(0, 0, count).Mean([0], keepdim: true);
        return new((weight * (drawn - baseline) * logProbability).Sum([0]), (weight * f).Sum([0]), values);
    }
}
