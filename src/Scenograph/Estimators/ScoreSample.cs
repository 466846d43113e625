using Scenograph.Models;
using Scenograph.Torch;

namespace Scenograph.Estimators;

/// <summary>Draws and their log-probabilities: what every score-function estimator begins with.</summary>
internal static class ScoreSample
{
    /// <returns>Values for a loss [S, batch.., ...] and ln p of them, differentiable by the logits, [S, batch..].</returns>
    public static (Tensor Values, Tensor LogProbability) Draw(DiscreteLatent latent, NoiseSource noise, int samples = 1)
    {
        var oneHot = latent.Sample(noise, samples);
        return (latent.Value(oneHot), latent.Joint(LogProbability(latent, oneHot)));
    }

    /// <summary>ln p of each variable's own draw.</summary>
    /// <param name="latent">The variables.</param>
    /// <param name="oneHot">[.., batch.., variables.., K]</param>
    /// <returns>[.., batch.., variables..]</returns>
    public static Tensor LogProbability(DiscreteLatent latent, Tensor oneHot)
    {
        if (latent.IsBernoulli) return ((oneHot.Select(-1, 1) * 2 - 1) * latent.Logits).LogSigmoid();
        // Taking the drawn logits first spares the log-probabilities of all others.
        return (oneHot * latent.Logits).Sum([-1]) - latent.Logits.Logsumexp([-1]);
    }

    /// <summary>A signal times ∂ ln p(z), which is z − p, summed over samples: of the shape of the logits.</summary>
    /// <param name="latent">The variables.</param>
    /// <param name="oneHot">Draws z, [S, batch.., variables.., K].</param>
    /// <param name="signal">[S, batch..]</param>
    public static Tensor Gradient(DiscreteLatent latent, Tensor oneHot, Tensor signal)
    {
        for (var i = latent.BatchAxes; i < latent.Logits.Dimensions; i++) signal = signal.Unsqueeze(-1);
        var gradients = signal * (latent.Value(oneHot) - latent.Value(latent.Probabilities()));
        return gradients.Size(0) == 1 ? gradients.Select(0, 0) : gradients.Sum([0]);
    }
}
