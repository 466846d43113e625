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
        var all = latent.LogProbabilities().Expand([.. classes.Shape[..^1], latent.Classes]);
        return latent.Joint(all.Gather(-1, classes).Squeeze(-1));
    }
}
