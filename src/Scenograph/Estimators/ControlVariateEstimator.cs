using Scenograph.Models;
using Scenograph.Models.Blocks;
using Scenograph.Torch;

namespace Scenograph.Estimators;

/// <summary>
/// What REBAR and RELAX share: REINFORCE with a control variate on the relaxed variable, c(z̃) of the noise that gave the draw and c(s̃) of
/// fresh noise given the draw, whose parameters are trained to make the estimate's variance small (Tucker et al. 2017, arXiv 1703.07370,
/// equations 6 to 8; Grathwohl et al. 2018, arXiv 1711.00123, equations 5 and 8). The variance is differentiated through the estimate itself,
/// which asks for second derivatives of the loss.
/// </summary>
public abstract class ControlVariateEstimator : GradientEstimator
{
    private const double LeastUniform = 1e-38;
    private const double LeastProbability = 1.1920929e-07; // torch's clamp of probabilities in float32

    /// <summary>Variants that both have.</summary>
    /// <param name="Clamp">
    /// As Borea's original: probabilities are clamped to [ε, 1 − ε] before all else, and normalised and clamped again to 1.2e-7 for the
    /// draw's log-probability, so that a class below that has no score gradient. Null: log-probabilities as they are.
    /// </param>
    /// <param name="LossParameters">
    /// As the original: the parameters of the loss get the gradient of the control variate, too, whose mean is 0. Otherwise they get that
    /// of the drawn value's loss alone.
    /// </param>
    /// <param name="SecondDerivatives">
    /// Differentiate the variance through the relaxed losses' gradients. False where the loss has no second derivative (bilinear sampling);
    /// temperature and surrogate then learn from the score part alone, as the original's D-VAE-ST.
    /// </param>
    /// <param name="Repetitions">
    /// R: the first axis of the batch are R problems of their own, each with its own parameters (their first axis). The variance is averaged
    /// over the items of each and summed over them. Null: one problem.
    /// </param>
    public sealed record Variant(double? Clamp = null, bool LossParameters = false, bool SecondDerivatives = true, int? Repetitions = null);

    private readonly Variant variant;

    private protected ControlVariateEstimator(Variant variant) => this.variant = variant;

    /// <inheritdoc/>
    public override bool IsUnbiased => true;

    /// <summary>
    /// The gradient by the logits holds that of the variance as well, as it does where Borea's original measures its variance; of the order
    /// of one by the number of items.
    /// </summary>
    public bool LeaksVariance { get; set; }

    /// <summary>R, or null for one problem.</summary>
    private protected int? Repetitions => variant.Repetitions;

    /// <summary>η, the control variate's weight; null for 1.</summary>
    private protected virtual Tensor? Weight => null;

    /// <summary>The relaxed classes that the loss gets.</summary>
    /// <param name="perturbed">ln p plus noise, [2, batch.., variables.., K].</param>
    private protected abstract Tensor Relaxed(Tensor perturbed);

    /// <summary>A parameter with one value a problem, to be combined with [.., batch.., ...].</summary>
    /// <param name="parameter">[] or [R].</param>
    /// <param name="dimensions">Axes behind which it has to fit.</param>
    private protected Tensor Spread(Tensor parameter, int dimensions) =>
        variant.Repetitions is { } count ? parameter.Reshape([count, .. Enumerable.Repeat(1L, dimensions - 1)]) : parameter;

    private protected override Estimate Compute(DiscreteLatent latent, Func<Tensor, Tensor> loss, NoiseSource noise, Tensor? context)
    {
        if (!GradMode.IsEnabled)
        {
            var (drawn, _) = ScoreSample.Draw(latent, noise);
            return new(null, loss(drawn).Select(0, 0), drawn);
        }
        var parts = Parts(latent, loss, noise);
        var surrogate = KnownGradient.OfItems(parts.Value, latent.Logits, parts.Gradient);
        if (variant.LossParameters)
        {
            var control = Scaled(parts.Losses.Select(0, 1) - parts.Losses.Select(0, 2), parts.Weight?.Detach());
            surrogate += control - control.Detach();
        }
        return new(surrogate, parts.Losses.Select(0, 0), parts.Values, parts.Tuning);
    }

    private protected override Tensor ComputeGradient(DiscreteLatent latent, Func<Tensor, Tensor> loss, NoiseSource noise, Tensor? context) =>
        Parts(latent, loss, noise).Gradient;

    /// <param name="Gradient">The estimate itself, of the shape of the logits.</param>
    /// <param name="Value">The surrogate's value, [batch..].</param>
    /// <param name="Losses">Of the drawn, the free and the conditional relaxed value, [3, batch..], differentiable by the parameters of the loss.</param>
    /// <param name="Values">What the loss was given.</param>
    /// <param name="Weight">η, or null for 1.</param>
    /// <param name="Tuning">The variance, differentiable by the parameters of the estimator.</param>
    private sealed record Computed(Tensor Gradient, Tensor Value, Tensor Losses, Tensor Values, Tensor? Weight, Tensor? Tuning);

    private Computed Parts(DiscreteLatent latent, Func<Tensor, Tensor> loss, NoiseSource noise)
    {
        // The graph is cut at the logits and at the loss's input: the variance reaches nothing but what is asked for, and the loss's
        // own graph is left whole for the training of its parameters.
        var logits = InnerGradients.Leaf(latent.Logits);
        var inner = latent.With(logits);
        var p = variant.Clamp is { } epsilon ? inner.Probabilities().Clamp(epsilon, 1 - epsilon) : null;
        var log = p?.Log() ?? inner.BoundedLogProbabilities();
        var u = noise.Uniform(log.Shape, log).ClampMin(LeastUniform);
        var v = noise.Uniform(log.Shape, log).ClampMin(LeastUniform);
        var perturbed = log + Gumbel(u);                                                // [batch.., variables.., K]
        var oneHot = ClassAxis.OneHotOfLargest(perturbed);
        var logProbability = p is null ? ScoreSample.LogProbability(inner, oneHot) : ClampedScore(p, oneHot); // [batch.., variables..]
        var relaxed = Relaxed(ClassAxis.Cat(perturbed.Unsqueeze(0), Conditional(log, v, oneHot).Unsqueeze(0))); // z̃, s̃
        var values = latent.Value(ClassAxis.Cat(oneHot.Unsqueeze(0), relaxed));       // [3, batch.., ...]

        var input = InnerGradients.Leaf(values);
        var f = loss(input);                                                            // [3, batch..]
        var weight = Weight is { } eta ? Spread(eta, f.Dimensions - 1) : null;
        var (drawnLoss, free, conditional) = (f.Select(0, 0), Scaled(f.Select(0, 1), weight), Scaled(f.Select(0, 2), weight));
        var signal = drawnLoss - conditional;                                           // [batch..]

        var tuned = IsTraining ? Parameters() : [];
        var isTuned = tuned.Length > 0 || LeaksVariance;
        var second = isTuned && variant.SecondDerivatives;
        var control = free - conditional;
        var byInput = (control.RequiresGrad ? InnerGradients.Of([control], [input], [control.OnesLike()], retainGraph: true, createGraph: second)[0] : null) ?? input.ZerosLike();
        var cutSignal = isTuned && !second ? InnerGradients.Leaf(signal) : signal;
        var gradient = ByLogits(logits, logProbability, values, PerVariable(latent, cutSignal), byInput, isTuned);
        var (tuning, leak) = (default(Tensor), default(Tensor));
        if (isTuned)
        {
            Tensor[] by = LeaksVariance ? [.. tuned, logits] : tuned;
            var variance = gradient.Square().Sum() / ((double)drawnLoss.Count / (variant.Repetitions ?? 1));
            // Without second derivatives what the variance does to s̃ goes through the signal, whose derivative by s̃ is known already: that of the control variate.
            var found = second
                ? Through(variance, by, input, byCut => ([values], [byCut]))
                : Through(variance, by, cutSignal, byCut => ([values, signal], [OfConditional(byInput, byCut), byCut]));
            tuning = KnownGradient.Of(variance, tuned.Zip(found).Where(pair => pair.Second is not null).Select(pair => (pair.First, pair.Second!)));
            leak = LeaksVariance ? found[^1] : null;
        }

        using var _ = GradMode.Off();
        var value = signal * latent.Joint(logProbability.Unsqueeze(0)).Select(0, 0) + free - conditional;
        return new(leak is null ? gradient.Detach() : gradient + leak, value, f, values.Detach(), weight, tuning);
    }

    /// <summary>G = (f(z) − η f(s̃)) ∂ ln p(z) + η ∂(f(z̃) − f(s̃)) by the logits, [batch.., ...]; differentiable by whatever <paramref name="signal"/> and <paramref name="byInput"/> are.</summary>
    private static Tensor ByLogits(Tensor logits, Tensor logProbability, Tensor values, Tensor signal, Tensor byInput, bool differentiable)
    {
        if (!differentiable || byInput.RequiresGrad)
        {
            return InnerGradients.Of([logProbability, values], [logits], [signal, byInput], retainGraph: true, createGraph: differentiable)[0]!;
        }
        var pathwise = InnerGradients.Of([values], [logits], [byInput], retainGraph: true)[0]!;
        return InnerGradients.Of([logProbability], [logits], [signal], createGraph: true)[0]! + pathwise;
    }

    /// <summary>Gradients of a number, on both sides of a place where its graph was cut.</summary>
    /// <param name="number">A scalar.</param>
    /// <param name="by">What they are taken by.</param>
    /// <param name="cut">The leaf at the cut.</param>
    /// <param name="ends">What lies before the cut, and the gradient by it, from the gradient by the leaf.</param>
    private static Tensor?[] Through(Tensor number, Tensor[] by, Tensor cut, Func<Tensor, (Tensor[] Ends, Tensor[] Gradients)> ends)
    {
        var direct = InnerGradients.Of([number], [.. by, cut], retainGraph: true);
        if (direct[^1] is not { } byCut) return direct[..^1];
        var (outputs, gradients) = ends(byCut);
        var before = InnerGradients.Of(outputs, by, gradients, retainGraph: true);
        return [.. direct.Zip(before, (a, b) => a is null ? b : b is null ? a : a + b)];
    }

    /// <summary>The gradient of Σ weights · (f(z) − η f(s̃)) by the loss's input.</summary>
    /// <param name="byInput">That of the control variate, [3, batch.., ...]: of each item by its own values.</param>
    /// <param name="weights">[batch..]</param>
    private static Tensor OfConditional(Tensor byInput, Tensor weights)
    {
        var conditional = byInput.Narrow(0, 2, 1);
        var scaled = conditional * weights.Reshape([.. weights.Shape, .. Enumerable.Repeat(1L, conditional.Dimensions - 1 - weights.Dimensions)]);
        return Operators.Cat([byInput.Narrow(0, 0, 2).ZerosLike(), scaled], 0);
    }

    /// <summary>
    /// ln p + noise given which entry is the largest: −ln(−ln v_k) for that one, −ln(−ln v_j / p_j − ln v_k) for the others (Tucker et al. 2017,
    /// appendix C).
    /// </summary>
    private Tensor Conditional(Tensor log, Tensor v, Tensor oneHot)
    {
        var t = -v.Log();                                                               // −ln v
        var largest = (t * oneHot).Sum([-1], keepdim: true);
        if (variant.Clamp is not null) return -((1 - oneHot) * (t / log.Exp()) + largest).Log();
        // The same in logarithms, so that a class of no probability divides by nothing: ln(a + b) = ln b + softplus(ln a − ln b).
        var floor = largest.Log();
        return -(floor + (1 - oneHot) * (t.Log() - log - floor).Softplus());
    }

    /// <summary>Torch's log-probabilities of clamped probabilities.</summary>
    private static Tensor ClampedScore(Tensor p, Tensor oneHot) =>
        ((p * oneHot).Sum([-1]) / p.Sum([-1])).Clamp(LeastProbability, 1 - LeastProbability).Log();

    private static Tensor Scaled(Tensor f, Tensor? weight) => weight is null ? f : f * weight;

    private static Tensor PerVariable(DiscreteLatent latent, Tensor perItem)
    {
        var result = perItem;
        for (var i = 0; i < latent.VariableAxes; i++) result = result.Unsqueeze(-1);
        return latent.VariableAxes == 0 ? result : result.Expand(latent.VariableShape);
    }
}
