using Scenograph.Models;
using Scenograph.Torch;

namespace Scenograph.Estimators;

/// <summary>
/// CONCRETE, also called Gumbel-softmax: z = softmax((ln p + g) / λ) and the gradient of f(z) through it. Maddison, Mnih, Teh, "The
/// Concrete Distribution", ICLR 2017, arXiv 1611.00712, equation 10; Jang, Gu, Poole, "Categorical Reparameterization with
/// Gumbel-Softmax", ICLR 2017, arXiv 1611.01144, equation 2. Biased: it follows the loss of relaxed values, the more so the higher λ is.
/// </summary>
public sealed class Concrete : GradientEstimator
{
    // torch's clamp of probabilities in float32
    private const double Least = 1.1920929e-07;

    private readonly double temperature;
    private readonly bool straightThrough;

    /// <param name="temperature">λ, above 0. 2/3 in the paper's experiments.</param>
    /// <param name="straightThrough">
    /// The loss gets the one-hot vector of the largest entry, and its gradient is taken as if it had got the relaxed one (Jang et al.,
    /// section 2.2). Biased too, but the loss is never asked for values between.
    /// </param>
    /// <exception cref="InputException">The temperature is not above 0.</exception>
    public Concrete(double temperature = 2.0 / 3, bool straightThrough = false)
    {
        this.temperature = CheckedTemperature(temperature, "the temperature of CONCRETE");
        this.straightThrough = straightThrough;
    }

    /// <inheritdoc/>
    public override string Name => straightThrough ? "straight-through" : "concrete";

    /// <inheritdoc/>
    public override bool IsUnbiased => false;

    private protected override Estimate Compute(DiscreteLatent latent, Func<Tensor, Tensor> loss, NoiseSource noise, Tensor? context)
    {
        var scores = latent.Scores();
        var uniform = noise.Uniform(scores.Shape, scores).Clamp(Least, 1 - Least);
        var relaxed = ClassAxis.Softmax((scores + Gumbel(uniform)) / temperature).Unsqueeze(0); // [1, batch.., variables.., K]
        if (straightThrough) relaxed = ClassAxis.OneHotOfLargest(relaxed) + (relaxed - relaxed.Detach());
        var values = latent.Value(relaxed);
        return new(null, loss(values).Select(0, 0), values);
    }
}
