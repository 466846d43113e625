using System.ComponentModel.DataAnnotations;
using Scenograph.Estimators;
using Scenograph.Models.Blocks;
using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>
/// DAIR: AIR whose things are one of L prototypes each, turned, stretched and moved inside its window by an affine transform. Borea,
/// "Structured Image Decompositions using Unsupervised Object-Centric Learning", 2021.
/// </summary>
public sealed class Dair : GlimpseModel
{
    /// <summary>Sizes and variants; the defaults are StrImaDec's for MultiMNIST.</summary>
    public sealed record Options : GlimpseOptions
    {
        /// <summary>The published sizes.</summary>
        public Options()
        {
            (BaselineHidden, EncoderHidden, DecoderHidden) = ([400], [400, 400], [800]);
            (Variance, PresenceStart) = (0.3, 1);
        }

        /// <summary>Hidden layers of the net that finds the transform.</summary>
        public int[] LocalisationHidden { get; init; } = [400, 400];

        /// <summary>Prior variance of each of the transform's numbers.</summary>
        [Range(0, 1000, MinimumIsExclusive = true)] public double TransformVariance { get; init; } = 0.01;

        /// <summary>Degree of the polynomials in X and Y that move points. 1: affine, as published; above, ours: prototypes are bent as well.</summary>
        [Range(1, 5)] public int TransformDegree { get; init; } = 1;

        /// <summary>Ours, with an estimator: a way out of local minima.</summary>
        public ClassAnnealing Annealing { get; init; } = new();
    }

    private readonly Options options;
    private readonly AutoEncoder vae;
    private readonly LocalisationNet localisation;
    private readonly SpatialSampler warp;

    /// <param name="options">Sizes and variants.</param>
    /// <param name="random">Source of the starting values.</param>
    public Dair(Options options, Generator? random = null) : base(Checked(options))
    {
        this.options = options;
        Buffer("prior_latent_probs_what", Operators.Full([1, options.Steps, options.Size], 1.0 / options.Size));
        vae = Child("vae", new AutoEncoder(new(options.Channels, options.Window, options.Window, options.Size, options.Size, options.EncoderHidden, options.DecoderHidden,
            AutoEncoder.Output.Absolute), random));
        localisation = Child("localization_net", new LocalisationNet(options.Channels * options.Window * options.Window, options.LocalisationHidden, options.TransformVariance, random, options.TransformDegree));
        warp = Child("warp", new SpatialSampler(options.Window, options.Window, options.TransformDegree));
        DeclareRecurrence(options.Size, random);
    }

    /// <inheritdoc/>
    public override string Name => "dair";

    /// <summary>What the L classes look like before any transform.</summary>
    /// <returns>[L, C, h, w]</returns>
    public Tensor Prototypes() => vae.Prototypes();

    private protected override Sight See(Tensor windows, NoiseSource noise)
    {
        using var scope = TensorScope.Begin();
        var logits = vae.Encode(windows);                                                         // [B, L]
        var code = noise.Categorical(logits);
        var epsilon = noise.Normal([windows.Size(0), localisation.Numbers], logits);
        return new(scope.Keep(code), scope.Keep(logits), [logits, scope.Keep(epsilon)]);
    }

    /// <summary>The probability, as it is told the logits of the class, not the class: nothing that is drawn but the place comes back.</summary>
    private protected override Tensor RecurrentPresence(Tensor probability, Tensor present) => probability;

    private protected override Whats Gather(Tensor windows, IReadOnlyList<Sight> sights)
    {
        var logits = Operators.Cat([.. sights.Select(sight => sight.Recurrent)]);
        var code = Operators.Cat([.. sights.Select(sight => sight.Code)]);
        var (mean, logVariance) = localisation.Forward(windows);
        var transform = LogVarianceGaussian.Draw(mean, logVariance, Operators.Cat([.. sights.Select(sight => sight.Parameters[1])]));
        var log = logits.LogSoftmax(1);
        return new(code, [("logits", logits), ("transform_mean", mean), ("transform_log_variance", logVariance)],
            [("kl_what", UniformDivergence.Of(logits)), ("kl_transform", localisation.Divergence(mean, logVariance))], (log * code).Sum([1]), transform);
    }

    private protected override double DivergenceWeight(string term, long step) =>
        term == "kl_what" ? options.Annealing.Weight(step) : 1;

    private protected override IEnumerable<(string Name, Tensor Value)> Regularisers(Output output, Tensor present)
    {
        using var scope = TensorScope.Begin();
        var imbalance = options.Annealing.Imbalance(output.Parameters["logits"].Flatten(0, 1), present.Detach().Flatten());
        return imbalance is null ? [] : [("marginal", scope.Keep(imbalance))];
    }

    private protected override Tensor Paint(Tensor codes, Tensor? transform)
    {
        using var scope = TensorScope.Begin();
        // L pictures are decoded, however many windows want one.
        return scope.Keep(warp.Forward(Chosen(codes), transform!));
    }

    private static Options Checked(Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Estimator is not { } estimator)
        {
            return !options.Annealing.IsUsed ? options
                : throw new InputException("model.annealing belongs to a model.estimator (exact, leave-one-out); the published NVIL has the class's divergence as it is");
        }
        if (estimator.Kind == EstimatorKind.SumAndSample)
        {
            throw new InputException("model.estimator.kind is sum-and-sample, which is for one variable an image; dair has the class of every thing (leave-one-out, exact)");
        }
        // The bilinear sampler has no second derivative.
        return options with { Estimator = estimator with { SecondDerivatives = false } };
    }

    private protected override Estimate Likelihood(Tensor images, Output output, Tensor logCounts, NoiseSource noise)
    {
        using var scope = TensorScope.Begin();
        var (counts, scale) = (logCounts.Exp(), 0.5 / options.Variance);
        if (Estimator is ExactGradient)
        {
            var loss = (counts * ExpectedErrors(images, output)).Sum([1]) * scale;
            return new Estimate(null, loss, output.Code.Unsqueeze(0)).KeptIn(scope);
        }
        Tensor Loss(Tensor values)
        {
            var samples = (int)values.Size(0);
            var drawn = !values.RequiresGrad ? samples : Estimator is ControlVariateEstimator ? 1 : 0;
            var parts = new List<Tensor>();
            if (drawn > 0) parts.Add(Chosen(values.Narrow(0, 0, drawn).Detach()));
            if (drawn < samples) parts.Add(vae.Decode(values.Narrow(0, drawn, samples - drawn).Flatten(0, 2)).Unflatten(0, [samples - drawn, values.Size(1), values.Size(2)]));
            var pictures = Operators.Cat([.. parts]);                                             // [S, B, N, C, h, w]
            var things = Place(pictures.Movedim([0], [2]), output);                               // [B, N, S, C, H, W]
            var errors = Operators.Stack([.. Enumerable.Range(0, samples).Select(s => ErrorsOfSums(Products(images, things.Select(2, s))))]);
            return (counts * errors).Sum([-1]) * scale;                                           // [S, B]
        }
        return Estimator!.Estimate(DiscreteLatent.Categorical(output.Parameters["logits"], variableAxes: 1), Loss, noise, images).KeptIn(scope);
    }

    /// <summary>
    /// E ‖x − x₁ − .. − xₙ‖² over the classes, for n = 0 .. N: classes do not depend on each other, so it is the error of the mean things, and
    /// the variance of each.
    /// </summary>
    /// <returns>[B, N + 1]</returns>
    private Tensor ExpectedErrors(Tensor images, Output output)
    {
        using var scope = TensorScope.Begin();
        var (batch, count) = (output.Where.Size(0), output.Where.Size(1));
        var prototypes = vae.Prototypes();                                                        // [L, C, h, w]
        var things = Place(prototypes.Expand([batch, count, .. prototypes.Shape]), output).Flatten(3); // [B, N, L, C·H·W]
        var probabilities = output.Parameters["logits"].Softmax(-1);                              // [B, N, L]
        var mean = probabilities.Unsqueeze(2).MatMul(things).Squeeze(2);                          // [B, N, C·H·W]
        var variance = (probabilities * things.Square().Sum([-1])).Sum([-1]) - mean.Square().Sum([-1]); // [B, N]
        var errors = ErrorsOfSums(Products(images, mean.View([batch, count, .. images.Shape[1..]])));
        return scope.Keep(errors + Operators.Cat([variance.Narrow(1, 0, 1).ZerosLike(), variance.Cumsum(1)], 1));
    }

    /// <summary>Prototypes of drawn classes.</summary>
    /// <param name="oneHot">[.., L]</param>
    /// <returns>[.., C, h, w]</returns>
    private Tensor Chosen(Tensor oneHot)
    {
        using var scope = TensorScope.Begin();
        var classes = oneHot.Argmax(-1);
        return scope.Keep(vae.Prototypes().IndexSelect(0, classes.Reshape([-1])).Unflatten(0, classes.Shape));
    }

    /// <summary>Transforms pictures and writes them into empty images; those of one window share its grids as channels.</summary>
    /// <param name="pictures">[B, N, M, C, h, w]</param>
    /// <param name="output">Transforms and windows.</param>
    /// <returns>[B, N, M, C, H, W]</returns>
    private Tensor Place(Tensor pictures, Output output)
    {
        using var scope = TensorScope.Begin();
        var (batch, count, many) = (pictures.Size(0), pictures.Size(1), pictures.Size(2));
        var windows = warp.Forward(pictures.Flatten(0, 1).Flatten(1, 2), output.Transform!.Flatten(0, 1));
        return scope.Keep(Window.Write(windows, output.Where.Flatten(0, 1)).View([batch, count, many, options.Channels, options.Height, options.Width]));
    }

    private protected override double WindowOperations() => 2 * (vae.ForwardOperations() ?? 0)
        + AutoEncoder.Operations([options.Channels * options.Window * options.Window, .. options.LocalisationHidden, 2 * localisation.Numbers]);
}
