using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>
/// Reads from a picture how its prototype is turned, stretched, sheared and moved: a Gaussian over the six numbers of a 2 × 3 matrix that
/// starts at its prior, no change at all with a small variance. Borea, "Structured Image Decompositions", 2021.
/// </summary>
public sealed class LocalisationNet : Module
{
    private const int Size = 6;

    private readonly Sequential network;
    private readonly Tensor priorMean, priorVariance;

    /// <param name="inputs">C·H·W of the picture.</param>
    /// <param name="hidden">Widths of the hidden layers, at least one.</param>
    /// <param name="variance">Prior variance of each of the six numbers.</param>
    /// <param name="random">Source of the starting values.</param>
    public LocalisationNet(int inputs, IReadOnlyList<int> hidden, double variance = 0.01, Generator? random = null)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        priorMean = Buffer("prior_mu_transform", Tensor.From<float>([1, 0, 0, 0, 1, 0], [1, Size]));
        priorVariance = Buffer("prior_var_transform", Operators.Full([1, Size], variance));
        network = Child("localization_net", AutoEncoder.Perceptron([inputs, .. hidden, 2 * Size], flatten: true, random));
        using var _ = GradMode.Off();
        var parameters = network.Parameters();
        parameters[^2].Zero_();
        using var start = Operators.Cat([priorMean.View([-1]), priorVariance.Log().View([-1])]);
        parameters[^1].Copy_(start);
    }

    /// <param name="images">[B, C, H, W]</param>
    /// <returns>Mean and ln σ² of the transform, each [B, 6].</returns>
    public (Tensor Mean, Tensor LogVariance) Forward(Tensor images)
    {
        using var scope = TensorScope.Begin();
        var parts = network.Forward(images).To(images.DType).Chunk(2, 1);
        return (scope.Keep(parts[0]), scope.Keep(parts[1]));
    }

    /// <summary>KL of the transform's posterior from its prior.</summary>
    /// <param name="mean">[B, 6]</param>
    /// <param name="logVariance">[B, 6]</param>
    /// <returns>[B]</returns>
    public Tensor Divergence(Tensor mean, Tensor logVariance) => LogVarianceGaussian.Divergence(mean, logVariance, priorMean, priorVariance);
}
