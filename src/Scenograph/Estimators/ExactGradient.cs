using Scenograph.Models;
using Scenograph.Torch;

namespace Scenograph.Estimators;

/// <summary>
/// The expectation itself, summed over all values: E f = Σ p(z) f(z). No noise; as many evaluations of the loss as there are joint values
/// of an item's variables.
/// </summary>
public sealed class ExactGradient : GradientEstimator
{
    private const int MostValues = 4096;

    /// <inheritdoc/>
    public override string Name => "exact";

    /// <inheritdoc/>
    public override bool IsUnbiased => true;

    private protected override Estimate Compute(DiscreteLatent latent, Func<Tensor, Tensor> loss, NoiseSource noise, Tensor? context)
    {
        var count = Math.Pow(latent.Classes, latent.Variables);
        if (!(count <= MostValues))
        {
            throw new InputException($"the exact gradient of {latent.Variables} variables of {latent.Classes} classes would take {count:G3} evaluations for each item; at most {MostValues} are made, so another estimator is needed");
        }
        var all = AllValues(latent, (int)count);                                        // [S, 1.., variables.., K]
        all = all.Expand([(long)count, .. latent.VariableShape, latent.Classes]);
        var probabilities = latent.VariableAxes == 0                                    // [S, batch..]
            ? latent.Probabilities().Movedim([-1], [0])
            : latent.Joint((all * latent.BoundedLogProbabilities()).Sum([-1])).Exp();
        var values = latent.Value(all);
        return new(null, (probabilities * loss(values)).Sum([0]), values);
    }

    /// <summary>All joint values of one item's variables, one-hot.</summary>
    private static Tensor AllValues(DiscreteLatent latent, int count)
    {
        var (classes, variables) = ((int)latent.Classes, (int)latent.Variables);
        var oneHot = new float[count * variables * classes];
        for (var value = 0; value < count; value++)
        {
            var rest = value;
            for (var variable = 0; variable < variables; variable++, rest /= classes) oneHot[(value * variables + variable) * classes + rest % classes] = 1;
        }
        long[] shape = [count, .. Enumerable.Repeat(1L, latent.BatchAxes), .. latent.VariableShape[latent.BatchAxes..], classes];
        return Tensor.From(oneHot, shape).To(latent.Logits.Device, latent.Logits.DType);
    }
}
