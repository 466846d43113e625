using Scenograph.Models;
using Scenograph.Torch;

namespace Scenograph.Estimators;

/// <summary>Draws and their log-probabilities: what every score-function estimator begins with.</summary>
internal static class ScoreSample
{
    /// <returns>Values for a loss [S, batch.., ...] and ln p of them, differentiable by the logits, [S, batch..].</returns>
    public static (Tensor Values, Tensor LogProbability) Draw(DiscreteLatent latent, NoiseSource noise, int samples = 1)
    {
        var classes = latent.Sample(noise, samples);
        return (latent.Value(latent.OneHot(classes)), LogProbability(latent, classes));
    }

    /// <param name="latent">The variables.</param>
    /// <param name="classes">[S, batch.., variables.., 1]</param>
    /// <returns>[S, batch..]</returns>
    public static Tensor LogProbability(DiscreteLatent latent, Tensor classes)
    {
        if (latent.IsBernoulli) return latent.Joint(((classes.Squeeze(-1) * 2 - 1) * latent.Logits).LogSigmoid());
        // Taking the drawn logits first spares the log-probabilities of all others.
        var drawn = latent.Logits.Expand([.. classes.Shape[..^1], latent.Classes]).Gather(-1, classes).Squeeze(-1);
        return latent.Joint(drawn - latent.Logits.Logsumexp([-1]));
    }
}
