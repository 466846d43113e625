using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>Divergence of a class from the uniform prior over K classes, in nats: 0 where all are equally likely, ln K where one is certain.</summary>
public static class UniformDivergence
{
    private const double LeastProbability = 1.1920929e-07; // so that a class nobody has keeps a finite logarithm

    /// <summary>KL( softmax(logits) ‖ 1/K ) = Σ q (ln q + ln K).</summary>
    /// <param name="logits">[.., K]</param>
    /// <returns>[..]</returns>
    public static Tensor Of(Tensor logits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        using var scope = TensorScope.Begin();
        var log = logits.LogSoftmax(-1);
        return scope.Keep((log.Exp() * (log + Math.Log(logits.Size(-1)))).Sum([-1]));
    }

    /// <summary>The same of the mean of many, which is 0 where classes are equally frequent, however certain each one is.</summary>
    /// <param name="logits">[N, K]</param>
    /// <param name="weights">How much each counts, [N]; all alike if left out.</param>
    /// <returns>A scalar.</returns>
    public static Tensor OfMean(Tensor logits, Tensor? weights = null)
    {
        ArgumentNullException.ThrowIfNull(logits);
        using var scope = TensorScope.Begin();
        var q = logits.Softmax(-1);
        var mean = weights is null ? q.Mean([0]) : (q * weights.Unsqueeze(1)).Sum([0]) / weights.Sum().ClampMin(LeastProbability);
        mean = mean.ClampMin(LeastProbability);
        return scope.Keep((mean * (mean.Log() + Math.Log(logits.Size(-1)))).Sum());
    }
}
