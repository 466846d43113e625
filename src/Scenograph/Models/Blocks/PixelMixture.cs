using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>The likelihood of a picture under K painted ones that masks mix: log Σ_k m_k N(x; x_k, σ_k²).</summary>
public static class PixelMixture
{
    private static readonly double HalfLogTwoPi = 0.5 * Math.Log(2 * Math.PI);

    /// <param name="images">x, [B, C, H, W]</param>
    /// <param name="means">x_k, [B, K, C, H, W]</param>
    /// <param name="logMasks">log m_k, [B, K, 1, H, W]</param>
    /// <param name="deviations">σ_k: K of them, or one for all.</param>
    /// <param name="perChannel">
    /// Mix each colour channel on its own, so that one may choose another component than its neighbour, as the published codes do. Otherwise a
    /// pixel's channels belong together: the likelihood of a mixture of pictures.
    /// </param>
    /// <returns>[B], summed over pixels and channels.</returns>
    public static Tensor LogLikelihood(Tensor images, Tensor means, Tensor logMasks, ReadOnlySpan<double> deviations, bool perChannel)
    {
        using var scope = TensorScope.Begin();
        var (scales, logs) = (new double[deviations.Length], new double[deviations.Length]);
        for (var k = 0; k < scales.Length; k++)
        {
            scales[k] = -0.5 / (deviations[k] * deviations[k]);
            logs[k] = -Math.Log(deviations[k]) - HalfLogTwoPi;
        }
        Tensor PerComponent(double[] values) => Tensor.From(values, [1, values.Length, 1, 1, 1]).To(images.Device, images.DType);

        var error = images.Unsqueeze(1).SquaredDifference(means);                               // [B, K, C, H, W]
        if (perChannel)
        {
            var parts = (error * PerComponent(scales)).Add_(logMasks + PerComponent(logs));
            return scope.Keep(parts.Logsumexp([1]).Sum([1, 2, 3]));
        }
        var channels = images.Size(1);
        var pixels = error.Sum([2], keepdim: true) * PerComponent(scales) + (logMasks + PerComponent(logs) * channels);
        return scope.Keep(pixels.Logsumexp([1]).Sum([1, 2, 3]));
    }
}
