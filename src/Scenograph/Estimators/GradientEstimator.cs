using Scenograph.Models;
using Scenograph.Models.Blocks;
using Scenograph.Torch;

namespace Scenograph.Estimators;

/// <summary>
/// Estimates the gradient of an expected loss E f(z), z drawn from discrete variables, by their logits. One folder holds them all; each
/// names its paper and equation. Parameters of the estimator itself (baselines, temperatures, surrogates) are those of the module, under the
/// names of the original's state-dict; a model that holds the estimator as a child trains them with its own. In evaluation mode they are not tuned.
/// </summary>
public abstract class GradientEstimator : Module
{
    /// <summary>Name in options and on the command line, e.g. <c>rebar</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Whether the mean of its estimates is the gradient.</summary>
    public abstract bool IsUnbiased { get; }

    /// <summary>The estimate for one batch.</summary>
    /// <param name="latent">The variables.</param>
    /// <param name="loss">
    /// f. Gets values [S, batch.., variables.., K] (Bernoulli: without K), one-hot or relaxed, and returns [S, batch..]: data [batch.., ...]
    /// broadcast against them. Called once.
    /// </param>
    /// <param name="noise">Source of all randomness.</param>
    /// <param name="context">What a baseline sees of each item, [batch.., ...]; needed by NVIL alone.</param>
    public Estimate Estimate(DiscreteLatent latent, Func<Tensor, Tensor> loss, NoiseSource noise, Tensor? context = null)
    {
        ArgumentNullException.ThrowIfNull(latent);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(noise);
        using var scope = TensorScope.Begin();
        var estimate = Compute(latent, values => Checked(latent, loss, values), noise, context);
        scope.Keep(estimate.Loss);
        scope.Keep(estimate.Values);
        if (estimate.Surrogate is not null) scope.Keep(estimate.Surrogate);
        if (estimate.Tuning is not null) scope.Keep(estimate.Tuning);
        return estimate;
    }

    /// <summary>The estimate of each item's gradient alone, without history: for measuring estimators.</summary>
    /// <returns>Of the shape of the logits.</returns>
    /// <inheritdoc cref="Estimate"/>
    public Tensor Gradient(DiscreteLatent latent, Func<Tensor, Tensor> loss, NoiseSource noise, Tensor? context = null)
    {
        ArgumentNullException.ThrowIfNull(latent);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(noise);
        using var scope = TensorScope.Begin();
        using var _ = GradMode.On();
        return scope.Keep(ComputeGradient(latent, values => Checked(latent, loss, values), noise, context));
    }

    private protected virtual Tensor ComputeGradient(DiscreteLatent latent, Func<Tensor, Tensor> loss, NoiseSource noise, Tensor? context)
    {
        var logits = InnerGradients.Leaf(latent.Logits);
        var estimate = Compute(latent.With(logits), loss, noise, context);
        return InnerGradients.Of([(estimate.Surrogate ?? estimate.Loss).Sum()], [logits])[0] ?? logits.ZerosLike();
    }

    private protected abstract Estimate Compute(DiscreteLatent latent, Func<Tensor, Tensor> loss, NoiseSource noise, Tensor? context);

    private static Tensor Checked(DiscreteLatent latent, Func<Tensor, Tensor> loss, Tensor values)
    {
        var result = loss(values);
        long[] expected = [values.Size(0), .. latent.BatchShape];
        if (!result.Shape.SequenceEqual(expected))
        {
            throw new ArgumentException($"the loss of values {Text(values.Shape)} has shape {Text(result.Shape)}; one number an item is expected, {Text(expected)}", nameof(loss));
        }
        return result.DType == latent.Logits.DType ? result : result.To(latent.Logits.DType); // float32 again after autocast

        static string Text(ReadOnlySpan<long> shape) => $"[{string.Join(", ", shape.ToArray())}]";
    }

    /// <summary>A temperature that a relaxation can divide by.</summary>
    /// <exception cref="InputException">It is not above 0.</exception>
    private protected static double CheckedTemperature(double temperature, string name) => temperature > 0 && double.IsFinite(temperature)
        ? temperature
        : throw new InputException($"{name} is {FormattableString.Invariant($"{temperature}")}; a number above 0 is expected (straight-through or a score estimator draws without relaxing)");

    /// <summary>Gumbel noise of a uniform draw.</summary>
    private protected static Tensor Gumbel(Tensor uniform) => -(-uniform.Log()).Log();
}
