using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>
/// Reads from a picture how its prototype is turned, stretched, sheared and moved: a Gaussian over the six numbers of a 2 × 3 matrix (more
/// where it is bent, too: <see cref="SpatialSampler"/>) that starts at its prior, no change at all with a small variance. Borea, "Structured
/// Image Decompositions", 2021.
/// </summary>
public sealed class LocalisationNet : Module
{
    private readonly Sequential network;
    private readonly Tensor priorMean, priorVariance;

    /// <param name="inputs">C·H·W of the picture.</param>
    /// <param name="hidden">Widths of the hidden layers, at least one.</param>
    /// <param name="variance">Prior variance of each of the transform's numbers.</param>
    /// <param name="random">Source of the starting values.</param>
    /// <param name="degree">Of the polynomials that move points; 1: affine.</param>
    public LocalisationNet(int inputs, IReadOnlyList<int> hidden, double variance = 0.01, Generator? random = null, int degree = 1)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        var identity = Identity(degree);
        Numbers = identity.Length;
        priorMean = Buffer("prior_mu_transform", Tensor.From(identity, [1, identity.Length]));
        priorVariance = Buffer("prior_var_transform", Operators.Full([1, identity.Length], variance));
        network = Child("localization_net", AutoEncoder.Perceptron([inputs, .. hidden, 2 * identity.Length], flatten: true, random));
        using var _ = GradMode.Off();
        var parameters = network.Parameters();
        parameters[^2].Zero_();
        using var start = Operators.Cat([priorMean.View([-1]), priorVariance.Log().View([-1])]);
        parameters[^1].Copy_(start);
    }

    /// <summary>2M, of a transform.</summary>
    public int Numbers { get; }

    /// <summary>The transform that changes nothing, 2 × M numbers row by row.</summary>
    /// <param name="degree">Of its polynomials.</param>
    public static float[] Identity(int degree)
    {
        var monomials = (degree + 1) * (degree + 2) / 2;
        var numbers = new float[2 * monomials];
        numbers[0] = numbers[monomials + 1] = 1;
        return numbers;
    }

    /// <param name="images">[B, C, H, W]</param>
    /// <returns>Mean and ln σ² of the transform, each [B, 2M].</returns>
    public (Tensor Mean, Tensor LogVariance) Forward(Tensor images)
    {
        using var scope = TensorScope.Begin();
        var parts = network.Forward(images).To(images.DType).Chunk(2, 1);
        return (scope.Keep(parts[0]), scope.Keep(parts[1]));
    }

    /// <summary>KL of the transform's posterior from its prior.</summary>
    /// <param name="mean">[B, 2M]</param>
    /// <param name="logVariance">[B, 2M]</param>
    /// <returns>[B]</returns>
    public Tensor Divergence(Tensor mean, Tensor logVariance) => LogVarianceGaussian.Divergence(mean, logVariance, priorMean, priorVariance);
}
