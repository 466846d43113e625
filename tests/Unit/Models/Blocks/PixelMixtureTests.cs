using Scenograph.Models.Blocks;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Models.Blocks;

public sealed class PixelMixtureTests
{
    private static double Normal(double x, double mean, double deviation) =>
        Math.Exp(-0.5 * Math.Pow((x - mean) / deviation, 2)) / (deviation * Math.Sqrt(2 * Math.PI));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_is_the_logarithm_of_the_weighted_densities(bool perChannel)
    {
        using var scope = TensorScope.Begin();
        double[] image = [0.2, 0.7], first = [0.1, 0.9], second = [0.6, 0.5], masks = [0.3, 0.7], deviations = [0.1, 0.2];
        var means = Tensor.From<double>([.. first, .. second], [1, 2, 2, 1, 1]);
        var logMasks = Tensor.From(masks, [1, 2, 1, 1, 1]).Log();

        var actual = PixelMixture.LogLikelihood(Tensor.From(image, [1, 2, 1, 1]), means, logMasks, deviations, perChannel);

        double Density(int k, int channel) => Normal(image[channel], k == 0 ? first[channel] : second[channel], deviations[k]);
        var expected = perChannel
            ? Enumerable.Range(0, 2).Sum(c => Math.Log(masks[0] * Density(0, c) + masks[1] * Density(1, c)))
            : Math.Log(masks[0] * Density(0, 0) * Density(0, 1) + masks[1] * Density(1, 0) * Density(1, 1));
        Close.Equal([expected], actual, 1e-12, "log-likelihood");
    }
}
