using Scenograph.Estimators;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Estimators;

/// <summary>Every estimator, ready to use on a variable of K classes.</summary>
internal static class EstimatorZoo
{
    public static IEnumerable<EstimatorKind> All => Enum.GetValues<EstimatorKind>();

    /// <summary>Those that know categorical and Bernoulli variables, one or several an item, and whose mean is the gradient of the mean loss.</summary>
    public static IEnumerable<EstimatorKind> Unbiased => All.Except([EstimatorKind.Exact, EstimatorKind.Concrete, EstimatorKind.StraightThrough, EstimatorKind.Vimco]);

    public static GradientEstimator Create(EstimatorKind kind, int classes, EstimatorOptions? options = null)
    {
        using var random = new Generator(5);
        return ((options ?? new()) with { Kind = kind, Samples = kind == EstimatorKind.SumAndSample ? 1 : 3 })
            .Create(() => new BaselineNet(1, [], 1, random: random), temperature => new BaselineNet(classes, [8], classes, temperature, random));
    }

    /// <summary>The estimate for a variable by its logits, with its loss and what a baseline sees.</summary>
    public static Estimate Estimate(GradientEstimator estimator, DiscreteLatent latent, Func<Tensor, Tensor> loss, ulong seed = 1)
    {
        using var noise = Scenograph.Models.NoiseSource.Seeded(seed);
        return estimator.Estimate(latent, loss, noise, Operators.Ones([.. latent.Logits.Shape[..latent.BatchAxes], 1], latent.Logits.DType));
    }
}
