using System.ComponentModel.DataAnnotations;
using Scenograph.Estimators;
using Scenograph.Models.Blocks;
using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>
/// D-VAE: an auto-encoder whose code is one of K classes, so that the decoder has K pictures, the prototypes; and D-VAE-ST, where the prototype is
/// warped by an affine transform inferred from the picture, so that one prototype explains many poses. The class of a picture is the encoder's
/// likeliest. Borea, "Structured Image Decompositions using Unsupervised Object-Centric Learning", 2021 (StrImaDec). The gradient of
/// the class comes from any estimator of <see cref="Scenograph.Estimators"/>.
/// </summary>
public sealed class DVae : SingleObjectModel, IClusterer
{
    /// <summary>What both variants have.</summary>
    public abstract record DVaeOptions : SingleObjectOptions
    {
        /// <summary>Where the gradient of the class comes from.</summary>
        public EstimatorOptions Estimator { get; init; } = new();

        /// <summary>Hidden layers of NVIL's baseline.</summary>
        public int[] BaselineHidden { get; init; } = [400, 400];

        /// <summary>Hidden layers of RELAX's surrogate.</summary>
        public int[] SurrogateHidden { get; init; } = [400, 400];

        /// <summary>Factor on the learning rate of the estimator's own parameters; 2 for NVIL's baseline and 0.2 for others if left out.</summary>
        [Range(0, 1e6)] public double? TuningRate { get; init; }

        /// <summary>CONCRETE: the KL is that of the relaxed class, from one draw, as its bound has it; the class's own otherwise.</summary>
        public bool RelaxedDivergence { get; init; } = true;

        /// <summary>CONCRETE: temperature of the relaxed prior; that of the posterior if left out, as in the original's code, whose configuration says 1.</summary>
        [Range(0, 1000, MinimumIsExclusive = true)] public double? PriorTemperature { get; init; }

        /// <summary>Ours: a way out of local minima.</summary>
        public ClassAnnealing Annealing { get; init; } = new();

        internal virtual bool DrawsEachTransform => false;
    }

    /// <summary>Of <c>d-vae</c>.</summary>
    public sealed record Options : DVaeOptions;

    /// <summary>Of <c>d-vae-st</c>.</summary>
    public sealed record StOptions : DVaeOptions
    {
        /// <summary>Hidden layers of the net that finds the transform.</summary>
        public int[] LocalisationHidden { get; init; } = [400, 400];

        /// <summary>Prior variance of each of the transform's numbers.</summary>
        [Range(0, 1000, MinimumIsExclusive = true)] public double TransformVariance { get; init; } = 0.01;

        /// <summary>Degree of the polynomials in X and Y that move points. 1: affine, as published; above, ours: pictures are bent as well.</summary>
        [Range(1, 5)] public int TransformDegree { get; init; } = 1;

        /// <summary>
        /// Draw a transform of its own for each value that the estimator tries, as the original does; the values of one image otherwise share
        /// one, so that they differ by the class alone. The exact gradient shares it always.
        /// </summary>
        public bool FreshTransforms { get; init; }

        internal override TransformShape? Transform => new(LocalisationHidden, TransformVariance, TransformDegree);

        internal override bool DrawsEachTransform => FreshTransforms;
    }

    private const double LeastUniform = 1.1920929e-07; // torch's clamp of probabilities in float32

    private readonly DVaeOptions options;
    private readonly GradientEstimator estimator;
    private readonly double temperature;

    /// <param name="options">Those of either variant.</param>
    /// <param name="random">Source of the starting values.</param>
    public DVae(DVaeOptions options, Generator? random = null) : base(options, options.Size, random)
    {
        this.options = options;
        Buffer("prior_probs", Operators.Full([options.Size], 1.0 / options.Size));
        var (kind, pixels) = (options.Estimator.Kind, options.Channels * options.Height * options.Width);
        temperature = options.Estimator.Temperature ?? 2.0 / 3;
        if (kind == EstimatorKind.Concrete)
        {
            Buffer("lambda_1", Operators.Full([], temperature, dtype: DType.Float32));
            Buffer("lambda_2", Operators.Full([], options.PriorTemperature ?? temperature, dtype: DType.Float32));
        }
        if (kind == EstimatorKind.Disarm) throw new InputException("model.estimator.kind is disarm, which is for variables of two values; a class has more (leave-one-out, sum-and-sample)");
        // The bilinear sampler has no second derivative.
        var chosen = IsTransformed ? options.Estimator with { SecondDerivatives = false } : options.Estimator;
        estimator = Child("", chosen.Create(
            () => new BaselineNet(pixels, options.BaselineHidden, 1, random: random),
            start => new BaselineNet(options.Size, options.SurrogateHidden, options.Size, start, random)));
    }

    /// <inheritdoc/>
    public override string Name => IsTransformed ? "d-vae-st" : "d-vae";

    /// <inheritdoc/>
    public int Clusters => options.Size;

    /// <summary>Where the gradient of the class comes from.</summary>
    public GradientEstimator Estimator => estimator;

    /// <inheritdoc/>
    public Tensor ClusterLogits(Tensor images) => Encode(images);

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterGroup> ParameterGroups()
    {
        var own = NamedParameters().Where(p => p.Name.StartsWith("model.", StringComparison.Ordinal));
        var tuned = NamedParameters().Where(p => !p.Name.StartsWith("model.", StringComparison.Ordinal)).ToList();
        return tuned.Count == 0 ? [new(own)] : [new(own), new(tuned, options.TuningRate ?? (options.Estimator.Kind == EstimatorKind.Nvil ? 2 : 0.2))];
    }

    /// <summary>Eta is ours; the original's stays as it is.</summary>
    public override bool MayLack(string name) => name == "eta";

    /// <summary>What a training step is made of.</summary>
    /// <param name="Logits">[B, K]</param>
    /// <param name="Divergence">KL of the class, [B].</param>
    /// <param name="Transform">Or null.</param>
    /// <param name="Estimate">Of the negative log-likelihood.</param>
    /// <param name="Marginal">Weighted divergence of the mean class, a scalar; or null.</param>
    public sealed record Pass(Tensor Logits, Tensor Divergence, Transform? Transform, Estimate Estimate, Tensor? Marginal = null)
    {
        /// <summary>What is minimised: the mean of the negative bound, and what training adds to it.</summary>
        /// <param name="divergenceWeight">Of the class's divergence.</param>
        public Tensor Total(double divergenceWeight = 1)
        {
            var total = Estimate.Mean() + Divergence.Mean() * divergenceWeight;
            if (Transform is not null) total += Transform.Divergence.Mean();
            return Marginal is null ? total : total + Marginal;
        }
    }

    /// <param name="images">[B, C, H, W]</param>
    /// <param name="noise">CONCRETE's KL, then what the estimator draws, then a normal [B, T] for each transform.</param>
    public Pass Train(Tensor images, NoiseSource noise)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(noise);
        using var scope = TensorScope.Begin();
        var logits = scope.Keep(Encode(images));                                                  // [B, K]
        var isRelaxed = options.Estimator.Kind == EstimatorKind.Concrete && options.RelaxedDivergence;
        var divergence = scope.Keep(isRelaxed ? RelaxedDivergence(logits, noise) : CodeDivergence(logits));
        var transform = Localise(images);
        var estimate = estimator.Estimate(DiscreteLatent.Categorical(logits), values => Loss(values, images, transform, noise), noise, images);
        estimate.KeptIn(scope);
        var marginal = options.Annealing.Imbalance(logits);
        scope.Keep(new[] { transform?.Mean, transform?.LogVariance, transform?.Divergence, marginal }.OfType<Tensor>());
        return new(logits, divergence, transform, estimate, marginal);
    }

    /// <inheritdoc/>
    public override Objective Objective(Batch batch, long step, NoiseSource noise)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var scope = TensorScope.Begin();
        var pass = Train(batch.Images, noise);
        var terms = new List<(string Name, Tensor Value)> { ("nll", scope.Keep(pass.Estimate.Loss.Mean())), ("kl", scope.Keep(pass.Divergence.Mean())) };
        if (pass.Transform is { } transform) terms.Add(("kl_transform", scope.Keep(transform.Divergence.Mean())));
        if (pass.Marginal is { } marginal) terms.Add(("marginal", scope.Keep(marginal.Detach())));
        if (pass.Estimate.Tuning is { } tuning) terms.Add(("variance", scope.Keep(tuning.Detach())));
        return new(scope.Keep(pass.Total(options.Annealing.Weight(step))), terms);
    }

    /// <summary>f(z, x), −ln p(x | z) of the values that an estimator tries.</summary>
    /// <param name="values">[S, B, K], one-hot or any others.</param>
    /// <param name="images">[B, C, H, W]</param>
    /// <param name="transform">Or null.</param>
    /// <param name="noise">Normal [B, T]: one, or one for each of the S.</param>
    /// <returns>[S, B]</returns>
    private Tensor Loss(Tensor values, Tensor images, Transform? transform, NoiseSource noise)
    {
        using var scope = TensorScope.Begin();
        var samples = (int)values.Size(0);
        // Constants are drawn classes; what REBAR and RELAX relax stands behind the one they drew.
        var drawn = !values.RequiresGrad ? samples : estimator is ControlVariateEstimator ? 1 : 0;
        var classes = drawn > 0 ? values.Narrow(0, 0, drawn).Detach().Argmax(-1) : null;            // [S', B]
        var relaxed = drawn < samples ? values.Narrow(0, drawn, samples - drawn) : null;
        if (transform is null)
        {
            var parts = new List<Tensor>();
            if (classes is not null) parts.Add(NegativeLogLikelihoods(Prototypes(), images).Gather(1, classes.T()).T());
            if (relaxed is not null) parts.Add(NegativeLogLikelihood(Paint(relaxed), images));
            return scope.Keep(parts.Count == 1 ? parts[0] : Operators.Cat([.. parts]));
        }
        var isFresh = options.DrawsEachTransform && estimator is not ExactGradient;
        var changes = Operators.Cat([.. Enumerable.Range(0, isFresh ? samples : 1).Select(_ => transform.Sample(noise))]);   // [S·B, T] or [B, T]
        // Each kind of value has a warp of its own, so that a gradient by the relaxed ones leaves the drawn ones alone.
        var losses = new List<Tensor>();
        if (estimator is ExactGradient) losses.Add(Warped(Prototypes().Unsqueeze(1), changes, images));
        else
        {
            var batch = images.Size(0);
            Tensor Of(int first, int count) => isFresh ? changes.Narrow(0, first * batch, count * batch) : changes;
            if (classes is not null) losses.Add(Warped(Prototypes().IndexSelect(0, classes.Reshape([-1])).Unflatten(0, classes.Shape), Of(0, drawn), images));
            if (relaxed is not null) losses.Add(Warped(Paint(relaxed), Of(drawn, samples - drawn), images));
        }
        return scope.Keep(losses.Count == 1 ? losses[0] : Operators.Cat([.. losses]));
    }

    /// <param name="pictures">[S, B, C, H, W], or [S, 1, C, H, W] for the same in every image.</param>
    /// <param name="changes">[S·B, T]; or [B, T], which all S share.</param>
    /// <param name="images">[B, C, H, W]</param>
    /// <returns>[S, B]</returns>
    private Tensor Warped(Tensor pictures, Tensor changes, Tensor images)
    {
        var samples = pictures.Size(0);
        if (changes.Size(0) == samples * images.Size(0))
        {
            return NegativeLogLikelihood(Warp(pictures.Flatten(0, 1), changes).Unflatten(0, [samples, -1]), images);
        }
        // One grid for all values of an image: they lie side by side as channels.
        var moved = Warp(pictures.Transpose(0, 1).Flatten(1, 2), changes).Unflatten(1, [samples, -1]); // [B, S, C, H, W]
        return NegativeLogLikelihood(moved, images.Unsqueeze(1)).T();
    }

    private protected override Tensor Draw(Tensor parameters, NoiseSource noise) => noise.Categorical(parameters);

    private protected override Tensor CodeDivergence(Tensor parameters) => UniformDivergence.Of(parameters);

    /// <summary>ln q(z) − ln p(z) of one draw z of the relaxed class. Maddison et al. 2017, arXiv 1611.00712, equation 23.</summary>
    private Tensor RelaxedDivergence(Tensor logits, NoiseSource noise)
    {
        using var scope = TensorScope.Begin();
        var log = logits.LogSoftmax(-1);
        var uniform = noise.Uniform(log.Shape, log).Clamp(LeastUniform, 1 - LeastUniform);
        var y = ((log - (-uniform.Log()).Log()) / temperature).LogSoftmax(-1);                      // ln z
        var uniformPrior = log.FullLike(-Math.Log(options.Size));
        return scope.Keep(RelaxedDensity(log, y, temperature) - RelaxedDensity(uniformPrior, y, options.PriorTemperature ?? temperature));
    }

    /// <summary>ln of the Concrete density but for lnΓ(K), which both have.</summary>
    private Tensor RelaxedDensity(Tensor log, Tensor y, double lambda) =>
        (log - y * lambda).LogSoftmax(-1).Sum([-1]) - y.Sum([-1]) + (options.Size - 1) * Math.Log(lambda);
}
