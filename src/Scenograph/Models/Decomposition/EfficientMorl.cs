using System.ComponentModel.DataAnnotations;
using Scenograph.Models.Blocks;
using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>
/// EfficientMORL: a hierarchical VAE of slots, whose L layers are slot attention with Gaussian posteriors, gives λ, the parameters of the last
/// layer's posterior; I cheap steps refine λ by the gradient of the loss; a broadcast decoder paints each slot's colours and mask.
/// Emami, He, Ranka, Rangarajan, "Efficient Iterative Amortized Inference for Learning Symmetric and Disentangled Multi-Object
/// Representations", ICML 2021, arXiv 2106.03849. The defaults are those of the ClevrTex benchmark (Karazija et al. 2021).
/// </summary>
public sealed class EfficientMorl : DecompositionModel, ILatentComponents
{
    /// <summary>How likely an image is, given its components.</summary>
    public enum Likelihood
    {
        /// <summary>One Gaussian around the mixture of the components' colours: the benchmark.</summary>
        Gaussian,

        /// <summary>A mixture of Gaussians, one around each component's colour: the authors' CLEVR experiments.</summary>
        Gmm,
    }

    /// <summary>What the posteriors are held against.</summary>
    public enum Prior
    {
        /// <summary>Top down, N(0, 1) above the last layer; what is refined is held against the learned prior of the first layer. The paper's "reversed prior++".</summary>
        [System.Runtime.Serialization.EnumMember(Value = "reversed++")]
        ReversedPlusPlus,

        /// <summary>Top down; what is refined is held against N(0, 1).</summary>
        Reversed,

        /// <summary>N(0, 1) below the first layer, then bottom up; what is refined is held against N(0, 1).</summary>
        BottomUp,
    }

    /// <summary>How a slot becomes a picture.</summary>
    public enum Decoder
    {
        /// <summary>Unpadded convolutions with ELU over a grid that is larger than the image by what they take off: the benchmark.</summary>
        Iodine,

        /// <summary>Transposed convolutions with ReLU from a small grid.</summary>
        Big,

        /// <summary>Convolutions with ReLU, padded by 1: the authors' for Tetrominoes.</summary>
        Small,
    }

    /// <param name="Channels">Colour channels C of the image.</param>
    /// <param name="Height">Rows H of the image.</param>
    /// <param name="Width">Columns W of the image.</param>
    /// <param name="Slots">K in training; the largest number of objects and one for the background. Evaluation takes any K.</param>
    /// <param name="Size">z, size of a slot's latent vector.</param>
    /// <param name="Layers">L, stochastic layers of the hierarchy.</param>
    /// <param name="Iterations">I, steps of refinement at the start of training.</param>
    /// <param name="Curriculum">Steps of training with the I that holds from there on, e.g. <c>[[100000, 1]]</c>, which null stands for; <c>[]</c>: always <paramref name="Iterations"/>.</param>
    /// <param name="EvaluationIterations">I outside training; null: <paramref name="Iterations"/>, whatever the curriculum ended with, as in the benchmark.</param>
    /// <param name="Likelihood">How likely an image is, given its components.</param>
    /// <param name="Deviation">σ of a colour around what is painted, on the scale from 0 to 1.</param>
    /// <param name="Prior">What the posteriors are held against.</param>
    /// <param name="KlWeight">β, weight of the divergence.</param>
    /// <param name="Geco">Whether the likelihood's weight follows a target for the reconstruction (Rezende and Viola 2018, arXiv 1810.00597).</param>
    /// <param name="GecoStart">Step from which it does.</param>
    /// <param name="GecoTarget">C per colour value: the negative log-likelihood to reach, divided by 3HW. The benchmark's is −108000 at 128×128.</param>
    /// <param name="GecoDecay">Decay a step of the running mean of C − NLL.</param>
    /// <param name="GecoRate">How far the multiplier moves a step for each unit of that mean.</param>
    /// <param name="GecoAcceleration">Factor of <paramref name="GecoRate"/> while the mean is above 0, that is, while the target is met; 5 in the authors' newer experiments.</param>
    /// <param name="Decoder">How a slot becomes a picture.</param>
    /// <param name="Filters">Channels of the encoder.</param>
    /// <param name="EncoderStrides">Stride of each of the encoder's convolutions; null: [1, 1, 1, 1].</param>
    /// <param name="DecoderFilters">Channels of the decoder; null: 32 for <c>small</c>, 64 otherwise.</param>
    /// <param name="DecoderLayers">Convolutions before the last, of <c>iodine</c> and <c>small</c>; null: 4 and 3.</param>
    /// <param name="DecoderKernel">Side of their kernels, odd; null: 3 for <c>iodine</c>, 5 otherwise. 1 paints every pixel from its slot and place alone.</param>
    /// <param name="DecoderStrides">Strides of the transposed convolutions of <c>big</c> but the last; null: [2, 2, 2, 2, 1].</param>
    /// <param name="OutputKernel">Side of the decoder's last kernel, odd.</param>
    /// <param name="OutputStride">Stride of the last transposed convolution of <c>big</c>.</param>
    /// <param name="PriorHidden">Hidden width of the prior's net.</param>
    /// <param name="RefinementHidden">Hidden width of the refinement's net.</param>
    /// <param name="InitialGain">Gain of the Xavier-normal start of all layers but the recurrent ones; the originals' 0.02 lets next to no signal through at first.</param>
    /// <param name="InitialRecurrence">Deviation of the normal start of the hierarchy's recurrent cell.</param>
    /// <param name="Recompute">Keep less for differentiation and compute encoder and decoder again, a few images or slots at a time: less memory, up to a third more time, the same gradients.</param>
    public sealed record Options(
        [property: Range(1, 4)] int Channels = 3,
        [property: Range(8, 4096)] int Height = 128,
        [property: Range(8, 4096)] int Width = 128,
        [property: Range(1, 256)] int Slots = 11,
        [property: Range(1, 4096)] int Size = 64,
        [property: Range(1, 100)] int Layers = 3,
        [property: Range(0, 100)] int Iterations = 3,
        (int Step, int Iterations)[]? Curriculum = null,
        [property: Range(0, 100)] int? EvaluationIterations = null,
        Likelihood Likelihood = Likelihood.Gaussian,
        [property: Range(0.001, 100)] double Deviation = 0.1,
        Prior Prior = Prior.ReversedPlusPlus,
        [property: Range(0, 1e6)] double KlWeight = 1,
        bool Geco = true,
        [property: Range(0, int.MaxValue)] int GecoStart = 1000,
        [property: Range(-100, 1e6)] double GecoTarget = -2.197265625,
        [property: Range(0, 1)] double GecoDecay = 0.99,
        [property: Range(0, 1e3)] double GecoRate = 1e-6,
        [property: Range(0, 1e6)] double GecoAcceleration = 1,
        Decoder Decoder = Decoder.Iodine,
        [property: Range(1, 4096)] int Filters = 64,
        int[]? EncoderStrides = null,
        [property: Range(1, 4096)] int? DecoderFilters = null,
        [property: Range(1, 100)] int? DecoderLayers = null,
        [property: Range(1, 15)] int? DecoderKernel = null,
        int[]? DecoderStrides = null,
        [property: Range(1, 15)] int OutputKernel = 3,
        [property: Range(1, 8)] int OutputStride = 1,
        [property: Range(1, 16384)] int PriorHidden = 128,
        [property: Range(1, 16384)] int RefinementHidden = 128,
        [property: Range(0, 100)] double InitialGain = 0.02,
        [property: Range(0, 100)] double InitialRecurrence = 1,
        bool Recompute = false)
    {
        internal int[] EncoderStridesOrDefault => EncoderStrides ?? [1, 1, 1, 1];

        internal (int Step, int Iterations)[] CurriculumOrDefault => Curriculum ?? [(100_000, 1)];

        internal int DecoderFiltersOrDefault => DecoderFilters ?? (Decoder == Decoder.Small ? 32 : 64);

        internal int DecoderLayersOrDefault => DecoderLayers ?? (Decoder == Decoder.Small ? 3 : 4);

        internal int DecoderKernelOrDefault => DecoderKernel ?? (Decoder == Decoder.Iodine ? 3 : 5);

        internal int[] DecoderStridesOrDefault => DecoderStrides ?? [2, 2, 2, 2, 1];
    }

    private const double LeastMultiplier = 0.55;
    private const long Kept = long.MaxValue;

    // Pixels of all slots together that are painted at once, so that memory does not grow with the batch: outside training, and where it is
    // scarce. Fewer would not keep a processor busy.
    private const long PaintedPixels = 1 << 20;
    private const long RecomputedPixels = 1 << 14;

    private readonly Options options;
    private readonly Tensor constraint, multiplier;
    private readonly EfficientMorlHierarchy hierarchy;
    private readonly EfficientMorlRefinement refinement;
    private readonly Tensor[] encoderParameters, decoderParameters, otherParameters;

    /// <param name="options">Sizes and variants.</param>
    /// <param name="random">Source of the starting values.</param>
    /// <exception cref="InputException">Options that do not fit together.</exception>
    public EfficientMorl(Options options, Generator? random = null)
    {
        Check(options);
        this.options = options;
        constraint = Buffer("geco_C_ema", Tensor.FromScalar(0));
        multiplier = Buffer("geco_beta", Tensor.FromScalar(LeastMultiplier));
        hierarchy = Child("hvae_networks", new EfficientMorlHierarchy(options, random));
        refinement = Child("refinenet", new EfficientMorlRefinement(options, random));
        encoderParameters = hierarchy.EncoderParameters();
        decoderParameters = hierarchy.Decoder.Parameters();
        otherParameters = [.. Parameters().Except(encoderParameters).Except(decoderParameters)];
    }

    /// <inheritdoc/>
    public override string Name => "efficient-morl";

    /// <inheritdoc/>
    public override (int Channels, int Height, int Width) ImageSize => (options.Channels, options.Height, options.Width);

    /// <inheritdoc/>
    public override int Components => options.Slots;

    /// <inheritdoc/>
    public override bool TakesAnyNumberOfComponents => true;

    /// <inheritdoc/>
    public string LatentName => "slots";

    /// <summary>One round: 0 what the hierarchy found, i what i steps of refinement made of it.</summary>
    /// <param name="Parameters">λ, [B·K, 2z].</param>
    /// <param name="NegativeLogLikelihood">[B], without the constant ½ ln 2π a value.</param>
    /// <param name="Divergence">[B]</param>
    /// <param name="Loss">One element: what the next step of refinement differentiates.</param>
    /// <param name="Change">Mean length of λ's change, one element; null in round 0.</param>
    /// <param name="Masks">[B, K, 1, H, W]</param>
    public sealed record Round(Tensor Parameters, Tensor NegativeLogLikelihood, Tensor Divergence, Tensor Loss, Tensor? Change, Tensor Masks);

    /// <summary>Both stages of inference.</summary>
    /// <param name="Loss">Σ w_i loss_i.</param>
    /// <param name="Rounds">I + 1 of them.</param>
    /// <param name="Posteriors">q(z^l | z^(l−1), x), one a layer.</param>
    /// <param name="Attentions">[B, K, P], one a layer: softmax over slots and 1e-8.</param>
    /// <param name="Slots">The last sample, [B, K, z].</param>
    /// <param name="Components">[B, K, C, H, W]</param>
    /// <param name="Masks">[B, K, 1, H, W]</param>
    /// <param name="Reconstruction">[B, C, H, W]</param>
    public sealed record Inference(Tensor Loss, IReadOnlyList<Round> Rounds, IReadOnlyList<SoftplusGaussian> Posteriors, IReadOnlyList<Tensor> Attentions,
        Tensor Slots, Tensor Components, Tensor Masks, Tensor Reconstruction);

    /// <inheritdoc/>
    public override Objective Objective(Batch batch, long step, NoiseSource noise)
    {
        using var scope = TensorScope.Begin();
        var output = Infer(batch.Images, noise, options.Slots, RoundsAt(step), LikelihoodWeight(step), isDifferentiated: GradMode.IsEnabled, attentions: null);
        var terms = new List<(string, Tensor)>();
        foreach (var (i, round) in output.Rounds.Index())
        {
            if (round.Change is not null) terms.Add(($"delta/{i}", round.Change));
            terms.Add(($"nll/{i}", round.NegativeLogLikelihood.Mean()));
            terms.Add(($"kl/{i}", round.Divergence.Mean()));
        }
        if (options.Geco)
        {
            terms.Add(("geco/weight", multiplier.Softplus()));
            terms.Add(("geco/constraint", constraint.Clone()));
            if (IsTraining) UpdateGeco(step, output.Rounds[^1].NegativeLogLikelihood.Mean());
        }
        scope.Keep(terms.Select(term => term.Item2));
        return new(scope.Keep(output.Loss), terms);
    }

    /// <inheritdoc/>
    public override Decomposition Decompose(Tensor images, NoiseSource noise, int? components = null)
    {
        using var scope = TensorScope.Begin();
        var k = components ?? options.Slots;
        // The mean of the constraint is 0 until GECO starts, and then no more.
        var weight = options.Geco ? Operators.Where(constraint.Eq(0), constraint.OnesLike(), multiplier.Softplus()) : null;
        var output = Infer(images, noise, k, options.EvaluationIterations ?? options.Iterations, weight, isDifferentiated: false, attentions: null);
        var posterior = SoftplusGaussian.Of(output.Rounds[^1].Parameters);
        Tensor Kept(Tensor value) => scope.Keep(value.View([images.Size(0), k, -1]));
        return new(scope.Keep(output.Reconstruction), scope.Keep(output.Components), scope.Keep(output.Masks), new Dictionary<string, Tensor>
        {
            [LatentName] = scope.Keep(output.Slots),
            ["mean"] = Kept(posterior.Mean),
            ["deviation"] = Kept(posterior.Variance.Sqrt()),
        });
    }

    /// <inheritdoc/>
    public Decomposition Decode(Tensor latents)
    {
        using var scope = TensorScope.Begin();
        var painted = new DetachedStage(hierarchy.Decoder.Forward, decoderParameters, RowsOf(PaintedPixels)).Evaluate(latents.Reshape([-1, options.Size]));
        var picture = Compose(painted, latents.Size(1));
        return new(scope.Keep(picture.Reconstruction), scope.Keep(picture.Components), scope.Keep(picture.Masks), new Dictionary<string, Tensor> { [LatentName] = latents });
    }

    /// <summary>Both stages with everything they find on the way, without gradients by the weights.</summary>
    /// <param name="images">[B, C, H, W], values in [0, 1].</param>
    /// <param name="step">Steps done; decides on I (in training) and on GECO.</param>
    /// <param name="noise">L + 1 normal draws for the layers, one for each prior net but the refinement's, one for each refinement, all [B·K, z].</param>
    public Inference Infer(Tensor images, long step, NoiseSource noise)
    {
        using var scope = TensorScope.Begin();
        var output = Infer(images, noise, options.Slots, RoundsAt(step), LikelihoodWeight(step), isDifferentiated: false, attentions: []);
        scope.Keep(Tensors(output));
        return output;
    }

    private Inference Infer(Tensor images, NoiseSource noise, long k, int iterations, Tensor? weight, bool isDifferentiated, List<Tensor>? attentions)
    {
        using var scope = TensorScope.Begin();
        using var recording = isDifferentiated || iterations > 0 ? GradMode.On() : GradMode.Restore();
        var batch = images.Size(0);

        // Stage 1: the hierarchy, and samples of its last layer's posterior.
        var (encoder, decoder) = Stages(batch, k, isDifferentiated);
        var keysAndValues = KeysAndValues(images * 2 - 1, encoder, isDifferentiated);                     // [B, P, 2z]
        var lambdas = Posteriors(keysAndValues, k, noise, isDifferentiated, attentions);                  // L times [B·K, 2z]
        var lambda = lambdas[^1];
        SoftplusGaussian[] posteriors = [.. lambdas.Select(SoftplusGaussian.Of)];
        var posterior = posteriors[^1];
        var slots = posterior.Sample(noise);                                                              // [B·K, z]
        var (divergence, prior) = HierarchyDivergence(posteriors, noise);                                 // [B·K]
        if (!isDifferentiated) prior = prior?.Detach();

        // Stage 2: refinement by the loss's gradient. What was painted is differentiated at once, for the refinement and for the weights.
        var rounds = new List<Round>();
        var state = slots.ZerosLike();
        Tensor? change = null, total = null, history = null;
        Tensor[]? byDecoder = null;
        Picture? picture = null;
        for (var i = 0; i <= iterations; i++)
        {
            var isLast = i == iterations;
            var perImage = divergence.View([batch, k]).Sum([1]);                                          // [B]
            var (painted, likelihood, bySlots, byWeights) = Paint(decoder, slots, images, k, weight, isDifferentiated, isLast);
            picture = painted;
            var loss = LossOf(likelihood.Mean(), perImage.Detach().Mean(), weight);
            rounds.Add(new(lambda.Detach(), likelihood, perImage.Detach(), loss, change, painted.Masks));
            double w = (iterations + 3.0 - i) / (iterations + 1);
            total = total is null ? loss * w : total + loss * w;
            if (bySlots is null) break;

            // The loss as a function of all but the decoder's weights, up to a constant.
            var partial = (slots * bySlots).Sum() + perImage.Mean() * options.KlWeight;
            if (isDifferentiated)
            {
                history = history is null ? partial * w : history + partial * w;
                byDecoder = byDecoder is null ? Operators.ForeachMul(byWeights!, w) : Operators.ForeachAdd(byDecoder, byWeights!, w);
            }
            if (isLast) break;
            var gradient = InnerGradients.Of([partial], [lambda], retainGraph: isDifferentiated)[0]!;
            (lambda, state, change) = Refine(lambda, gradient, state, isDifferentiated);
            posterior = SoftplusGaussian.Of(lambda);
            slots = posterior.Sample(noise);
            divergence = posterior.Divergence(options.Prior == Prior.ReversedPlusPlus ? prior : null);
        }
        if (isDifferentiated) total = WithGradients(total!, history!, byDecoder!, encoder, keysAndValues);
        var result = new Inference(total!, rounds, posteriors, attentions ?? [], slots.Detach().View([batch, k, -1]), picture!.Components, picture.Masks, picture.Reconstruction);
        scope.Keep(Tensors(result));
        return result;
    }

    private (DetachedStage Encoder, DetachedStage Decoder) Stages(long batch, long k, bool isDifferentiated)
    {
        long Rows(long count) => !isDifferentiated ? RowsOf(PaintedPixels) : options.Recompute ? Math.Min(RowsOf(RecomputedPixels), (count + 3) / 4) : Kept;
        return (new(hierarchy.Encode, encoderParameters, Rows(batch)), new(hierarchy.Decoder.Forward, decoderParameters, Rows(batch * k)));
    }

    /// <summary>Slots, or images, that so many pixels are.</summary>
    private long RowsOf(long pixels) => Math.Max(1, pixels / (options.Height * (long)options.Width));

    private Tensor KeysAndValues(Tensor images, DetachedStage encoder, bool isDifferentiated) =>
        !isDifferentiated ? encoder.Evaluate(images) : options.Recompute ? encoder.Forward(images) : hierarchy.Encode(images);

    private Tensor[] Posteriors(Tensor keysAndValues, long k, NoiseSource noise, bool isDifferentiated, List<Tensor>? attentions)
    {
        if (isDifferentiated) return hierarchy.Posteriors(keysAndValues, k, noise, attentions);
        using var off = GradMode.Off();
        var lambdas = hierarchy.Posteriors(keysAndValues, k, noise, attentions);
        lambdas[^1].RequiresGrad = true; // the refinement differentiates by it
        return lambdas;
    }

    /// <summary>KL of all layers (section 3.2), and the prior p(z^1 | z^2) that "reversed prior++" refines against.</summary>
    private (Tensor Divergence, SoftplusGaussian? Prior) HierarchyDivergence(SoftplusGaussian[] posteriors, NoiseSource noise)
    {
        using var scope = TensorScope.Begin();
        var isBottomUp = options.Prior == Prior.BottomUp;
        var order = isBottomUp ? posteriors : [.. posteriors.Reverse()];
        var sum = order[0].Divergence(null);
        SoftplusGaussian? prior = null;
        for (var l = 1; l < order.Length; l++)
        {
            prior = hierarchy.Prior(order[l - 1].Sample(noise));      // a fresh sample, not the one that the next layer saw
            sum = sum + order[l].Divergence(prior);
        }
        if (prior is not null) scope.Keep([prior.Mean, prior.Variance]);
        return (scope.Keep(sum), isBottomUp ? null : prior);
    }

    private (Tensor Lambda, Tensor State, Tensor Change) Refine(Tensor lambda, Tensor gradient, Tensor state, bool isDifferentiated)
    {
        using var scope = TensorScope.Begin();
        using var recording = isDifferentiated ? GradMode.Restore() : GradMode.Off();
        var (delta, next) = refinement.Forward(lambda, gradient, state);
        var refined = lambda + delta;
        if (!isDifferentiated) refined.RequiresGrad = true;
        return (scope.Keep(refined), scope.Keep(next), scope.Keep(delta.Detach().LinalgVectorNorm(2, [1]).Mean()));
    }

    private sealed record Picture(Tensor Components, Tensor LogMasks, Tensor Masks, Tensor Reconstruction);

    /// <summary>Paints slots, and differentiates the likelihood by slots and decoder's weights where somebody will ask for that.</summary>
    private (Picture Picture, Tensor Likelihood, Tensor? BySlots, Tensor[]? ByWeights) Paint(DetachedStage decoder, Tensor slots, Tensor images, long k,
        Tensor? weight, bool isDifferentiated, bool isLast)
    {
        using var scope = TensorScope.Begin();
        Picture Kept(Picture picture) => new(scope.Keep(picture.Components.Detach()), picture.LogMasks, scope.Keep(picture.Masks.Detach()), scope.Keep(picture.Reconstruction.Detach()));
        if (isLast && !isDifferentiated)
        {
            using var off = GradMode.Off();
            var last = Compose(decoder.Evaluate(slots), k);
            return (Kept(last), scope.Keep(NegativeLogLikelihood(last, images)), null, null);
        }
        var painted = decoder.Forward(slots);
        var picture = Compose(painted, k);
        var likelihood = NegativeLogLikelihood(picture, images);                                          // [B]
        var mean = weight is null ? likelihood.Mean() : likelihood.Mean() * weight;
        var byPainted = InnerGradients.Of([mean], [painted])[0]!;
        var (bySlots, byWeights) = decoder.Backward(byPainted, ofParameters: isDifferentiated);
        if (byWeights is not null) scope.Keep(byWeights);
        return (Kept(picture), scope.Keep(likelihood.Detach()), scope.Keep(bySlots!), byWeights);
    }

    private Picture Compose(Tensor painted, long k)
    {
        using var scope = TensorScope.Begin();
        var x = painted.View([-1, k, options.Channels + 1, options.Height, options.Width]);
        var components = x.Narrow(2, 0, options.Channels).Sigmoid();                                      // [B, K, C, H, W]
        var logMasks = x.Narrow(2, options.Channels, 1).LogSoftmax(1);                                    // [B, K, 1, H, W]
        var masks = logMasks.Exp();
        return new(scope.Keep(components), scope.Keep(logMasks), scope.Keep(masks), scope.Keep((components * masks).Sum([1])));
    }

    /// <summary>Without 2π, as in the original: smallest at C·H·W·ln σ.</summary>
    private Tensor NegativeLogLikelihood(Picture picture, Tensor images)
    {
        using var scope = TensorScope.Begin();
        var scale = 0.5 / (options.Deviation * options.Deviation);
        var constant = Math.Log(options.Deviation) * options.Channels * options.Height * options.Width;
        if (options.Likelihood == Likelihood.Gaussian) return scope.Keep(images.SquaredDifference(picture.Reconstruction).Sum([1, 2, 3]) * scale + constant);
        var each = picture.LogMasks - images.Unsqueeze(1).SquaredDifference(picture.Components) * scale;         // [B, K, C, H, W]
        return scope.Keep(constant - each.Logsumexp([1]).Sum([1, 2, 3]));
    }

    private Tensor LossOf(Tensor likelihood, Tensor divergence, Tensor? weight)
    {
        using var scope = TensorScope.Begin();
        return scope.Keep(weight is null ? likelihood + divergence * options.KlWeight : divergence * options.KlWeight - weight * constraint);
    }

    /// <summary>The loss's value, whose gradients by the decoder's weights are known and by all others flow through <paramref name="history"/>.</summary>
    private Tensor WithGradients(Tensor value, Tensor history, Tensor[] byDecoder, DetachedStage encoder, Tensor keysAndValues)
    {
        using var scope = TensorScope.Begin();
        var known = decoderParameters.Zip(byDecoder);
        if (!options.Recompute) return scope.Keep(KnownGradient.Of(value, [.. known, (history, history.OnesLike())]));
        var found = InnerGradients.Of([history], [keysAndValues, .. otherParameters]);
        var byEncoder = encoder.Backward(found[0]!, ofInput: false).Parameters!;
        var byOthers = otherParameters.Zip(found.Skip(1)).Where(pair => pair.Second is not null).Select(pair => (pair.First, pair.Second!));
        return scope.Keep(KnownGradient.Of(value, [.. known, .. encoderParameters.Zip(byEncoder), .. byOthers]));
    }

    private int RoundsAt(long step)
    {
        if (!IsTraining) return options.EvaluationIterations ?? options.Iterations;
        var rounds = options.Iterations;
        foreach (var stage in options.CurriculumOrDefault)
        {
            if (step >= stage.Step) rounds = stage.Iterations;
        }
        return rounds;
    }

    /// <summary>softplus(b) once GECO is at work, else null, which is 1.</summary>
    private Tensor? LikelihoodWeight(long step) => options.Geco && options.KlWeight != 0 && step >= options.GecoStart ? multiplier.Softplus() : null;

    /// <summary>b ← max(0.55, b − rate·E[C − NLL]), once a step of training, by the last round's likelihood.</summary>
    private void UpdateGeco(long step, Tensor likelihood)
    {
        if (step < options.GecoStart) return;
        using var scope = TensorScope.Begin();
        using var off = GradMode.Off();
        var gap = options.GecoTarget * options.Channels * options.Height * options.Width - likelihood;
        var mean = step == options.GecoStart ? gap : constraint * options.GecoDecay + gap * (1 - options.GecoDecay);
        var isFinite = mean.Isfinite();                                // a step that is skipped leaves no trace
        if (step > options.GecoStart)
        {
            var move = Operators.Where(mean.Gt(0), mean * options.GecoAcceleration, mean) * options.GecoRate;
            multiplier.Copy_(Operators.Where(isFinite, (multiplier - move).ClampMin(LeastMultiplier), multiplier));
        }
        constraint.Copy_(Operators.Where(isFinite, mean, constraint));
    }

    /// <inheritdoc/>
    public override double? ForwardOperations(int batch) =>
        batch * hierarchy.Operations + (options.Iterations + 1) * hierarchy.Decoder.ForwardOperations(batch * options.Slots);

    private static IEnumerable<Tensor> Tensors(Inference output) =>
    [
        output.Loss, output.Slots, output.Components, output.Masks, output.Reconstruction, .. output.Attentions,
        .. output.Posteriors.SelectMany(posterior => new[] { posterior.Mean, posterior.Variance }),
        .. output.Rounds.SelectMany(round => new[] { round.Parameters, round.NegativeLogLikelihood, round.Divergence, round.Loss, round.Masks }),
        .. output.Rounds.Where(round => round.Change is not null).Select(round => round.Change!),
    ];

    private static void Check(Options options)
    {
        if (options.DecoderKernelOrDefault % 2 == 0) throw new InputException($"model.decoder_kernel is {options.DecoderKernel}; an odd number is expected, so that pictures stay centred");
        if (options.OutputKernel % 2 == 0) throw new InputException($"model.output_kernel is {options.OutputKernel}; an odd number is expected, so that pictures stay centred");
        foreach (var (name, strides) in new[] { ("encoder_strides", options.EncoderStridesOrDefault), ("decoder_strides", options.DecoderStridesOrDefault) })
        {
            if (strides.Length == 0 || strides.Any(stride => stride is < 1 or > 8)) throw new InputException($"model.{name} is [{string.Join(", ", strides)}]; at least one number, each from 1 to 8, is expected");
        }
        var curriculum = options.CurriculumOrDefault;
        if (curriculum.Any(stage => stage.Step < 0 || stage.Iterations is < 0 or > 100) || curriculum.Zip(curriculum.Skip(1)).Any(pair => pair.First.Step >= pair.Second.Step))
        {
            throw new InputException($"model.curriculum is [{string.Join(", ", curriculum.Select(stage => $"[{stage.Step}, {stage.Iterations}]"))}]; rising steps from 0 on are expected, each with 0 to 100 iterations");
        }
    }
}
