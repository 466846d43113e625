using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Runtime.Serialization;
using Scenograph.Models.Blocks;
using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>
/// IODINE: K latents, each painted by the same decoder, explain the image as a spatial mixture. Their posterior λ starts the same for all and is
/// refined T times by a network that sees the image, the present decoding and the gradients of the loss. Loss: negative evidence lower bound of
/// every iteration, later ones weighted more. Greff et al., "Multi-Object Representation Learning with Iterative Variational Inference",
/// ICML 2019, arXiv 1903.00450, algorithm 1. The defaults are those of the ClevrTex benchmark (Karazija et al. 2021).
/// </summary>
public sealed class Iodine : DecompositionModel, ILatentComponents
{
    /// <summary>Which published program the model equals; they differ in more places than options could name.</summary>
    public enum Version
    {
        /// <summary>
        /// karazijal/clevrtex. Posterior variance by softplus; T decodings, T − 1 refinements; gradients flow through all iterations; logarithms of masks and
        /// likelihoods as inputs, layer norms with a weight for each pixel; a decoder without padding.
        /// </summary>
        [EnumMember(Value = "clevrtex")]
        ClevrTex,

        /// <summary>
        /// zhixuan-lin/IODINE. Posterior by log-variance; T + 1 decodings, T refinements; gradients cross iterations through the LSTM only; masks
        /// and likelihoods themselves as inputs, normalised without parameters; a decoder with padding, bound to no image size.
        /// </summary>
        [EnumMember(Value = "zhixuan-lin")]
        ZhixuanLin,
    }

    /// <summary>How a pixel is distributed around what a component paints.</summary>
    public enum Pixels
    {
        /// <summary>Normal with deviation σ.</summary>
        Gaussian,

        /// <summary>Logistic with scale σ around colours that are not squashed, as in DeepMind's code.</summary>
        Logistic,
    }

    /// <summary>What the refinement network can be shown, in the order of its channels.</summary>
    public enum Input
    {
        /// <summary>λ.</summary>
        [EnumMember(Value = "posterior")] Posterior,

        /// <summary>Gradient by λ.</summary>
        [EnumMember(Value = "grad_post")] GradPost,

        /// <summary>The image.</summary>
        [EnumMember(Value = "image")] Image,

        /// <summary>Painted colours.</summary>
        [EnumMember(Value = "means")] Means,

        /// <summary>Masks.</summary>
        [EnumMember(Value = "mask")] Mask,

        /// <summary>Their logits.</summary>
        [EnumMember(Value = "mask_logits")] MaskLogits,

        /// <summary>The components' shares in the likelihood, masks aside.</summary>
        [EnumMember(Value = "mask_posterior")] MaskPosterior,

        /// <summary>Gradient by the painted colours.</summary>
        [EnumMember(Value = "grad_means")] GradMeans,

        /// <summary>Gradient by the masks.</summary>
        [EnumMember(Value = "grad_mask")] GradMask,

        /// <summary>Likelihood of each pixel.</summary>
        [EnumMember(Value = "likelihood")] Likelihood,

        /// <summary>Likelihood of each pixel by the other components.</summary>
        [EnumMember(Value = "leave_one_out_likelihood")] LeaveOneOutLikelihood,

        /// <summary>Row and column.</summary>
        [EnumMember(Value = "coordinate")] Coordinate,
    }

    /// <param name="Version">Which published program the model equals.</param>
    /// <param name="Channels">Colour channels C of the image.</param>
    /// <param name="Height">Rows H of the image.</param>
    /// <param name="Width">Columns W of the image.</param>
    /// <param name="Slots">K; the largest number of objects and one for the background. Another number can be used after training.</param>
    /// <param name="Iterations">T. The image is decoded T times with <c>clevrtex</c>, T + 1 times with <c>zhixuan-lin</c>.</param>
    /// <param name="Size">L, size of a latent.</param>
    /// <param name="Sigma">σ, deviation (or scale) of a pixel around its component's colour.</param>
    /// <param name="KlWeight">Weight of the divergence from the prior.</param>
    /// <param name="DecoderFilters">Channels of the decoder's convolutions.</param>
    /// <param name="DecoderLayers">Number of these, the last one to colours and mask not counted.</param>
    /// <param name="DecoderKernel">Side of their kernels, odd.</param>
    /// <param name="OutputKernel">Side of the last one's kernel, odd; null: as published, 1 with <c>clevrtex</c> and <paramref name="DecoderKernel"/> otherwise.</param>
    /// <param name="OutputStride">
    /// Paint a map that is so many times smaller than the image, and enlarge it by the last convolution, which is then transposed: much less arithmetic. 1 as published.
    /// </param>
    /// <param name="RefinementFilters">Channels of the refinement network's convolutions.</param>
    /// <param name="RefinementLayers">Number of these.</param>
    /// <param name="RefinementKernel">Side of their kernels, odd.</param>
    /// <param name="RefinementStride">Stride of each of them.</param>
    /// <param name="Hidden">Width of the linear layer behind them and of the LSTM.</param>
    /// <param name="Recurrent">Whether there is an LSTM; DeepMind's code has none for Tetrominoes.</param>
    /// <param name="Inputs">What the refinement network is shown; null: everything.</param>
    /// <param name="Normalise">Normalise gradients and likelihoods before they are shown.</param>
    /// <param name="Likelihood">How a pixel is distributed.</param>
    /// <param name="JointChannels">Mix the components for each pixel, as in the paper's equation 1, and not for each of its colour channels.</param>
    /// <param name="TiledImages">
    /// Show component k of image b the image (b·K + k) mod B, as the ClevrTex benchmark's code does by mistake; its published numbers were trained so.
    /// </param>
    /// <param name="CellHead">Compute the change of λ from the LSTM's cell state and not from its output, as zhixuan-lin's code does by mistake.</param>
    /// <param name="DoubleElu">Apply ELU twice behind the linear layer, as zhixuan-lin's code does.</param>
    /// <param name="StableMaskPosterior">
    /// With <c>zhixuan-lin</c>: compute the shares in the likelihood so that they exist where all likelihoods are too small for a float. The original gives
    /// NaN there.
    /// </param>
    /// <param name="HeInitialisation">
    /// Start convolutions and linear layers so that they keep the variance of what passes through (He et al. 2015), biases 0, picture grey and λ nearly
    /// unchanged. The originals start smaller, and the less a latent says at first, the later it is used.
    /// </param>
    /// <param name="DeviationStart">σ of the latents before the first refinement, before training; null: about 1, as published.</param>
    /// <param name="Recompute">
    /// Keep one iteration at a time in memory and decode all but the last once more, for the same gradients. Of no use with <c>zhixuan-lin</c>, whose gradients
    /// never cross a decoding: there each is forgotten at once in any case.
    /// </param>
    public sealed record Options(
        Version Version = Version.ClevrTex,
        [property: Range(1, 4)] int Channels = 3,
        [property: Range(8, 4096)] int Height = 128,
        [property: Range(8, 4096)] int Width = 128,
        [property: Range(1, 256)] int Slots = 11,
        [property: Range(1, 100)] int Iterations = 5,
        [property: Range(2, 4096)] int Size = 128,
        [property: Range(1e-3, 10)] double Sigma = 0.1,
        [property: Range(0, 1000)] double KlWeight = 1,
        [property: Range(1, 4096)] int DecoderFilters = 64,
        [property: Range(1, 20)] int DecoderLayers = 4,
        [property: Range(1, 15)] int DecoderKernel = 3,
        [property: Range(1, 15)] int? OutputKernel = null,
        [property: Range(1, 8)] int OutputStride = 1,
        [property: Range(1, 4096)] int RefinementFilters = 64,
        [property: Range(1, 20)] int RefinementLayers = 4,
        [property: Range(1, 15)] int RefinementKernel = 3,
        [property: Range(1, 8)] int RefinementStride = 2,
        [property: Range(1, 16384)] int Hidden = 256,
        bool Recurrent = true,
        Input[]? Inputs = null,
        bool Normalise = true,
        Pixels Likelihood = Pixels.Gaussian,
        bool JointChannels = false,
        bool TiledImages = false,
        bool CellHead = false,
        bool DoubleElu = false,
        bool StableMaskPosterior = true,
        bool HeInitialisation = false,
        [property: Range(1e-4, 10)] double? DeviationStart = null,
        bool Recompute = false)
    {
        internal int OutputKernelOrDefault => OutputKernel ?? (Version == Version.ClevrTex ? 1 : DecoderKernel);
    }

    private readonly Options options;
    private readonly BroadcastDecoder decoder;
    private readonly IodineRefinement refinement;
    private readonly IodineInputs inputs;
    private readonly Tensor start;
    private readonly Tensor? startLogVariance, logScale;
    private readonly Tensor[] decoderParameters;

    /// <param name="options">Sizes and variants.</param>
    /// <param name="random">Source of the starting values.</param>
    /// <exception cref="InputException">Options that do not go together.</exception>
    public Iodine(Options options, Generator? random = null)
    {
        if (options.DecoderKernel % 2 == 0) throw new InputException($"model.decoder_kernel is {options.DecoderKernel}; an odd number is expected, so that every place is painted from around it");
        if (options.OutputKernel % 2 == 0) throw new InputException($"model.output_kernel is {options.OutputKernel}; an odd number is expected, so that every place is painted from around it");
        if (options.OutputKernelOrDefault < options.OutputStride) throw new InputException($"model.output_kernel is {options.OutputKernelOrDefault}, less than model.output_stride, {options.OutputStride}: there would be places that nothing is painted to");
        if (options.Height % options.OutputStride != 0 || options.Width % options.OutputStride != 0)
        {
            throw new InputException($"model.output_stride is {options.OutputStride}, and {options.Height}x{options.Width} (model.height, model.width) is no multiple of it");
        }
        if (options.RefinementKernel % 2 == 0) throw new InputException($"model.refinement_kernel is {options.RefinementKernel}; an odd number is expected, so that maps shrink by the stride alone");
        var (rows, columns) = (options.Height / options.OutputStride, options.Width / options.OutputStride);
        if (options.Version == Version.ZhixuanLin && options.DecoderKernel > Math.Min(rows, columns))
        {
            throw new InputException($"model.decoder_kernel is {options.DecoderKernel}, larger than the {rows}x{columns} map that is painted");
        }
        if (options.CellHead && !options.Recurrent) throw new InputException("model.cell_head is true and model.recurrent is false; without an LSTM there is no cell state");
        this.options = options;
        inputs = new IodineInputs(options);
        refinement = new IodineRefinement(options, inputs.Channels, inputs.VectorSize, random);
        decoder = DecoderOf(options, random);
        if (IsBenchmark)
        {
            start = Parameter("lamda_0", Operators.Cat([Operators.Zeros([1, options.Size]), Operators.Full([1, options.Size], options.DeviationStart is { } deviation ? Math.Log(Math.Exp(deviation * deviation) - 1) : 1.0, dtype: DType.Float32)], 1));
            logScale = Buffer("gmm_log_scale", Operators.Full([1, options.Slots, 1, 1, 1], Math.Log(options.Sigma), dtype: DType.Float32));
            Child("image_decoder", decoder);
            Child("refine_net", refinement);
            Child("layer_norms", inputs);
            if (!options.HeInitialisation) StartSmall(random);
        }
        else
        {
            Child("refine", refinement);
            Child("decoder", decoder);
            start = Parameter("posterior.init_mean", Operators.Zeros([options.Size]));
            startLogVariance = Parameter("posterior.init_logvar", Operators.Full([options.Size], 2 * Math.Log(options.DeviationStart ?? 1), dtype: DType.Float32));
        }
        if (options.HeInitialisation) KeepVariance(random);
        decoderParameters = decoder.Parameters();
    }

    /// <inheritdoc/>
    public override string Name => "iodine";

    /// <inheritdoc/>
    public override (int Channels, int Height, int Width) ImageSize => (options.Channels, options.Height, options.Width);

    /// <inheritdoc/>
    public override int Components => options.Slots;

    /// <summary>All latents start alike, so any number of them will do.</summary>
    public override bool TakesAnyNumberOfComponents => true;

    /// <inheritdoc/>
    public string LatentName => "z";

    /// <summary>How often a pass decodes: the benchmark's last refinement is that before its last decoding.</summary>
    private int Decodings => IsBenchmark ? options.Iterations : options.Iterations + 1;

    private bool IsBenchmark => options.Version == Version.ClevrTex;

    /// <summary>What a test sees of an iteration. The tensors live until the observer returns.</summary>
    /// <param name="Index">From 0.</param>
    /// <param name="Posterior">λ, [B, K, 2L]: means, then the version's measure of spread.</param>
    /// <param name="Decoding">What was painted, and its worth.</param>
    /// <param name="ImageInputs">Of the refinement network, [B·K, inputs, H, W]; null in the last iteration.</param>
    /// <param name="VectorInputs">Of the refinement network, [B·K, inputs].</param>
    internal sealed record Iteration(int Index, Tensor Posterior, Decoding Decoding, Tensor? ImageInputs = null, Tensor? VectorInputs = null);

    /// <summary>A decoding and its worth.</summary>
    /// <param name="Sample">z, [B, K, L]</param>
    /// <param name="Means">x̂, [B, K, C, H, W]</param>
    /// <param name="Logits">[B, K, 1, H, W]</param>
    /// <param name="Masks">[B, K, 1, H, W]: logarithms with <see cref="Version.ClevrTex"/>, probabilities otherwise.</param>
    /// <param name="Likelihoods">ln N(x; x̂_k), [B, K, C, H, W]; C = 1 where the channels are joint.</param>
    /// <param name="Mixture">ln p(x), [B, C, H, W].</param>
    /// <param name="NegativeLogLikelihood">Mean over the batch.</param>
    /// <param name="Divergence">KL of the posterior from N(0, 1), mean over the batch.</param>
    /// <param name="Loss">Their weighted sum.</param>
    internal sealed record Decoding(Tensor Sample, Tensor Means, Tensor Logits, Tensor Masks, Tensor Likelihoods, Tensor Mixture, Tensor NegativeLogLikelihood, Tensor Divergence, Tensor Loss)
    {
        /// <summary>The same without history.</summary>
        public Decoding Detach() => new(Sample.Detach(), Means.Detach(), Logits.Detach(), Masks.Detach(), Likelihoods.Detach(), Mixture.Detach(),
            NegativeLogLikelihood.Detach(), Divergence.Detach(), Loss.Detach());
    }

    /// <summary>The inner gradients, constants to everything else, with the version's sign and scale.</summary>
    /// <param name="Means">[B, K, C, H, W]</param>
    /// <param name="Masks">[B, K, 1, H, W]</param>
    /// <param name="Posterior">[B, K, 2L]</param>
    internal sealed record LossGradients(Tensor Means, Tensor Masks, Tensor Posterior);

    /// <inheritdoc/>
    public override Objective Objective(Batch batch, long step, NoiseSource noise) => Objective(batch.Images, noise);

    internal Objective Objective(Tensor images, NoiseSource noise, Action<Iteration>? observe = null)
    {
        using var scope = TensorScope.Begin();
        using var on = GradMode.On(); // the refinement needs gradients, whether or not anybody wants the objective's
        var terms = new (Tensor NegativeLogLikelihood, Tensor Divergence)[Decodings];
        var total = !IsBenchmark ? OneDecodingAtATime(images, noise, terms, observe)
            : options.Recompute ? Recomputed(images, noise, terms, observe)
            : Unrolled(images, noise, terms, observe);
        var names = new List<(string, Tensor)>();
        for (var i = 0; i < terms.Length; i++)
        {
            var number = (i + 1).ToString(CultureInfo.InvariantCulture);
            names.Add(($"nll/{number}", scope.Keep(terms[i].NegativeLogLikelihood)));
            names.Add(($"kl/{number}", scope.Keep(terms[i].Divergence)));
        }
        return new(scope.Keep(total), names);
    }

    /// <summary>All iterations in one graph.</summary>
    private Tensor Unrolled(Tensor images, NoiseSource noise, (Tensor, Tensor)[] terms, Action<Iteration>? observe)
    {
        using var scope = TensorScope.Begin();
        var posterior = Start(images, options.Slots);
        var state = refinement.Start(images.Size(0) * options.Slots);
        var total = Operators.Zeros([], images.DType, images.Device);
        for (var i = 0; i < Decodings; i++)
        {
            using var inner = TensorScope.Begin();
            var decoding = Decode(images, posterior, Draw(noise, posterior));
            total = inner.Keep(total + decoding.Loss * Weight(i));
            terms[i] = Kept(decoding, inner, scope);
            if (i == Decodings - 1)
            {
                observe?.Invoke(new(i, posterior, decoding));
                break;
            }
            var gradients = Gradients(decoding, posterior, keepGraph: true);
            (posterior, state) = Refine(i, images, posterior, decoding, gradients, state, observe);
            inner.Keep(posterior);
            inner.Keep(state);
        }
        return scope.Keep(total);
    }

    /// <summary>
    /// The same sum in the memory of one iteration. The gradient by λ, the only one that goes back through a decoder, is remembered from the first run.
    /// </summary>
    private Tensor Recomputed(Tensor images, NoiseSource noise, (Tensor, Tensor)[] terms, Action<Iteration>? observe)
    {
        using var scope = TensorScope.Begin();
        var (total, kept) = Recomputation.Total(Decodings, [Start(images, options.Slots), .. refinement.Start(images.Size(0) * options.Slots)], Parameters(),
            (i, state) =>
            {
                var draw = Draw(noise, state[0]);
                var (posterior, next, gradients) = Rehearse(i, images, state[0], draw, [.. state.Skip(1)], observe);
                return ([posterior, .. next], [draw, gradients.Posterior]);
            },
            (i, state, remembered) =>
            {
                var isLast = i == Decodings - 1;
                var decoding = Decode(images, state[0], isLast ? Draw(noise, state[0]) : remembered[0]);
                var loss = decoding.Loss * Weight(i);
                IReadOnlyList<Tensor> results = [decoding.NegativeLogLikelihood, decoding.Divergence];
                if (isLast)
                {
                    observe?.Invoke(new(i, state[0], decoding));
                    return (loss, [], results);
                }
                var gradients = Gradients(decoding, null, keepGraph: true) with { Posterior = remembered[1] };
                var (posterior, next) = Refine(i, images, state[0], decoding, gradients, [.. state.Skip(1)], null);
                return (loss, [posterior, .. next], results);
            });
        for (var i = 0; i < terms.Length; i++) terms[i] = (scope.Keep(kept[i][0]), scope.Keep(kept[i][1]));
        return scope.Keep(total);
    }

    /// <summary>
    /// Where everything that the refinement network sees is constant, the loss of an iteration meets the others in λ and in the parameters only. One
    /// backward pass through the decoding then gives the inner gradients and the decoder's, and nothing of it need be kept.
    /// </summary>
    private Tensor OneDecodingAtATime(Tensor images, NoiseSource noise, (Tensor, Tensor)[] terms, Action<Iteration>? observe)
    {
        using var scope = TensorScope.Begin();
        var posterior = Start(images, options.Slots);
        var state = refinement.Start(images.Size(0) * options.Slots);
        var total = Operators.Zeros([], images.DType, images.Device);
        var known = new List<(Tensor, Tensor)>();
        var sums = new Tensor?[decoderParameters.Length];
        for (var i = 0; i < Decodings; i++)
        {
            using var inner = TensorScope.Begin();
            var leaf = InnerGradients.Leaf(posterior);
            var decoding = Decode(images, leaf, Draw(noise, posterior));
            var (gradients, ofParameters) = Gradients(decoding, leaf, decoderParameters);
            decoding = decoding.Detach();
            total = inner.Keep(total + decoding.Loss * Weight(i));
            terms[i] = Kept(decoding, inner, scope);
            // The inner gradients are those of B·ELBO.
            var scale = -Weight(i) / images.Size(0);
            known.Add((posterior, inner.Keep(gradients.Posterior * scale)));
            for (var p = 0; p < sums.Length; p++)
            {
                using var before = sums[p];
                if (ofParameters[p] is { } gradient) sums[p] = inner.Keep(before is null ? gradient * scale : before.Add(gradient, alpha: scale));
            }
            if (i == Decodings - 1)
            {
                observe?.Invoke(new(i, posterior, decoding));
                break;
            }
            var (next, nextState) = Refine(i, images, posterior.Detach(), decoding, gradients, state, observe);
            (posterior, state) = (inner.Keep(next), nextState);
            inner.Keep(state);
        }
        known.AddRange(decoderParameters.Zip(sums).Where(pair => pair.Second is not null).Select(pair => (pair.First, pair.Second!)));
        return scope.Keep(KnownGradient.Of(total, known));
    }

    /// <inheritdoc/>
    public override Decomposition Decompose(Tensor images, NoiseSource noise, int? components = null)
    {
        using var scope = TensorScope.Begin();
        using var off = GradMode.Off();
        var posterior = Start(images, components ?? options.Slots);
        var state = refinement.Start(images.Size(0) * posterior.Size(1));
        for (var i = 0; i < Decodings - 1; i++)
        {
            using var inner = TensorScope.Begin();
            (posterior, state, _) = Rehearse(i, images, posterior, Draw(noise, posterior), state, null);
            inner.Keep(posterior);
            inner.Keep(state);
        }
        var painted = Decode(Sample(posterior, Draw(noise, posterior)));
        var latents = new Dictionary<string, Tensor>(painted.Latents)
        {
            ["mean"] = scope.Keep(posterior.Narrow(2, 0, options.Size).Contiguous()),
            ["deviation"] = scope.Keep(Deviation(posterior.Narrow(2, options.Size, options.Size))),
        };
        Keep(scope, painted);
        return painted with { Latents = latents };
    }

    /// <inheritdoc/>
    public Decomposition Decode(Tensor latents)
    {
        using var scope = TensorScope.Begin();
        var (means, logits) = Paint(latents);
        var masks = logits.Softmax(1);
        var result = new Decomposition((means * masks).Sum([1]), means, masks, new Dictionary<string, Tensor> { [LatentName] = latents });
        Keep(scope, result);
        return result;
    }

    /// <inheritdoc/>
    /// <remarks>The inner gradients are a backward pass that is not differentiated again, a third of what a decoding costs in a training step.</remarks>
    public override double? ForwardOperations(int batch)
    {
        var refinements = Decodings - 1;
        var decodings = IsBenchmark ? Decodings + refinements / 3.0 : Decodings;
        return decodings * decoder.ForwardOperations(batch * options.Slots) + refinements * batch * options.Slots * refinement.Operations;
    }

    /// <summary>λ_0 for every component.</summary>
    /// <returns>[B, K, 2L]</returns>
    private Tensor Start(Tensor images, int components)
    {
        using var scope = TensorScope.Begin();
        var one = startLogVariance is null ? start : Operators.Cat([start, startLogVariance]);
        return scope.Keep(one.View([1, 1, -1]).Expand([images.Size(0), components, -1]));
    }

    /// <summary>ε, [B, K, L]</summary>
    private Tensor Draw(NoiseSource noise, Tensor posterior) => noise.Normal([posterior.Size(0), posterior.Size(1), options.Size], posterior);

    /// <summary>z = μ + σ·ε, [B, K, L]</summary>
    private Tensor Sample(Tensor posterior, Tensor epsilon)
    {
        using var scope = TensorScope.Begin();
        return scope.Keep(posterior.Narrow(2, 0, options.Size) + Deviation(posterior.Narrow(2, options.Size, options.Size)) * epsilon);
    }

    private Tensor Deviation(Tensor spread) => IsBenchmark ? spread.Softplus().Sqrt() : (spread * 0.5).Exp();

    /// <summary>Colours [B, K, C, H, W] and the masks' logits [B, K, 1, H, W].</summary>
    private (Tensor Means, Tensor Logits) Paint(Tensor latents)
    {
        using var scope = TensorScope.Begin();
        var (batch, count, c) = (latents.Size(0), latents.Size(1), options.Channels);
        var x = decoder.Forward(latents.Reshape([batch * count, options.Size])).To(latents.DType).Contiguous().View([batch, count, c + 1, options.Height, options.Width]);
        var colours = x.Narrow(2, 0, c);
        return (scope.Keep(options.Likelihood == Pixels.Gaussian ? colours.Sigmoid() : colours.Contiguous()), scope.Keep(x.Narrow(2, c, 1).Contiguous()));
    }

    /// <summary>Paints a sample of the posterior and measures how well it explains the images.</summary>
    private Decoding Decode(Tensor images, Tensor posterior, Tensor epsilon)
    {
        using var scope = TensorScope.Begin();
        var batch = images.Size(0);
        var sample = Sample(posterior, epsilon);
        var (means, logits) = Paint(sample);
        var masks = IsBenchmark ? logits.LogSoftmax(1) : logits.Softmax(1);                             // [B, K, 1, H, W]
        var likelihoods = LogLikelihoods(images, means);                                                // [B, K, C, H, W]
        if (options.JointChannels) likelihoods = likelihoods.Sum([2], keepdim: true);
        var mixture = ((IsBenchmark ? masks : (masks + 1e-12).Log()) + likelihoods).Logsumexp([1]);     // ln Σ_k m_k N(x; x̂_k), [B, C, H, W]
        var negativeLogLikelihood = mixture.Sum() / -batch;
        var divergence = Divergence(posterior) / batch;
        var loss = negativeLogLikelihood + divergence * options.KlWeight;
        return new(scope.Keep(sample), scope.Keep(means), scope.Keep(logits), scope.Keep(masks), scope.Keep(likelihoods), scope.Keep(mixture),
            scope.Keep(negativeLogLikelihood), scope.Keep(divergence), scope.Keep(loss));
    }

    /// <summary>ln p(x; x̂_k, σ) of each channel; the benchmark leaves the Gaussian's constant ½ ln 2π out.</summary>
    private Tensor LogLikelihoods(Tensor images, Tensor means)
    {
        using var scope = TensorScope.Begin();
        var error = images.Unsqueeze(1) - means;
        var scale = logScale?.Narrow(1, 0, 1) ?? Operators.Full([1, 1, 1, 1, 1], Math.Log(options.Sigma), dtype: images.DType, device: images.Device);
        error = error * (-scale).Exp();
        if (options.Likelihood == Pixels.Logistic) return scope.Keep(-error - scale - (-error).Softplus() * 2);
        var constant = IsBenchmark ? scale : scale + 0.5 * Math.Log(2 * Math.PI);
        return scope.Keep(error.Square() * -0.5 - constant);
    }

    /// <summary>Σ ½(σ² + μ² − 1 − ln σ²) over everything.</summary>
    private Tensor Divergence(Tensor posterior)
    {
        using var scope = TensorScope.Begin();
        var (mean, spread) = (posterior.Narrow(2, 0, options.Size), posterior.Narrow(2, options.Size, options.Size));
        var variance = IsBenchmark ? spread.Softplus() : spread.Exp();
        return scope.Keep((variance + mean.Square() - 1 - (IsBenchmark ? variance.Log() : spread)).Sum() * 0.5);
    }

    /// <summary>Weight of iteration i's loss: (i + 1) / n of n decodings.</summary>
    private double Weight(int i) => (i + 1.0) / Decodings;

    private LossGradients Gradients(Decoding decoding, Tensor? posterior, bool keepGraph) => Gradients(decoding, posterior, [], keepGraph).Gradients;

    /// <summary>Gradients by colours, masks and λ, and by parameters.</summary>
    /// <param name="decoding">Of the posterior.</param>
    /// <param name="posterior">λ; null: not wanted.</param>
    /// <param name="parameters">What else to differentiate by.</param>
    /// <param name="keepGraph">Whether the decoding will be differentiated again.</param>
    private (LossGradients Gradients, Tensor?[] OfParameters) Gradients(Decoding decoding, Tensor? posterior, ReadOnlySpan<Tensor> parameters, bool keepGraph = false)
    {
        using var scope = TensorScope.Begin();
        // The benchmark differentiates the loss by the logarithm of the masks, the other B times the lower bound by the masks.
        var objective = IsBenchmark ? decoding.Loss : decoding.Loss * -decoding.Means.Size(0);
        var found = InnerGradients.Of([objective], [decoding.Means, decoding.Masks, .. posterior is null ? (ReadOnlySpan<Tensor>)[] : [posterior], .. parameters], retainGraph: keepGraph);
        foreach (var gradient in found) if (gradient is not null) scope.Keep(gradient);
        return (new(found[0]!, found[1]!, posterior is null ? found[0]! : found[2]!), found[(posterior is null ? 2 : 3)..]);
    }

    /// <summary>λ_{i+1} = λ_i + f_φ(inputs), and the LSTM's next state.</summary>
    private (Tensor Posterior, IReadOnlyList<Tensor> State) Refine(int i, Tensor images, Tensor posterior, Decoding decoding, LossGradients gradients, IReadOnlyList<Tensor> state, Action<Iteration>? observe)
    {
        using var scope = TensorScope.Begin();
        var imageInputs = inputs.Images(images, decoding, gradients);
        var vectorInputs = inputs.Vectors(posterior, gradients);
        observe?.Invoke(new(i, posterior, decoding, imageInputs, vectorInputs));
        var (change, next) = refinement.Forward(imageInputs, vectorInputs, state);
        scope.Keep(next);
        return (scope.Keep(posterior + change.View([posterior.Size(0), posterior.Size(1), -1])), next);
    }

    /// <summary>An iteration of which only the results are wanted; nothing of it is kept for differentiation.</summary>
    private (Tensor Posterior, IReadOnlyList<Tensor> State, LossGradients Gradients) Rehearse(int i, Tensor images, Tensor posterior, Tensor epsilon, IReadOnlyList<Tensor> state, Action<Iteration>? observe)
    {
        using var scope = TensorScope.Begin();
        Decoding decoding;
        LossGradients gradients;
        using (GradMode.On())
        {
            var leaf = InnerGradients.Leaf(posterior);
            decoding = Decode(images, leaf, epsilon);
            gradients = Gradients(decoding, leaf, keepGraph: false);
        }
        using var _ = GradMode.Off();
        var (refined, next) = Refine(i, images, posterior, decoding.Detach(), gradients, state, observe);
        scope.Keep(next);
        scope.Keep(gradients.Posterior);
        return (scope.Keep(refined), next, gradients);
    }

    private static (Tensor, Tensor) Kept(Decoding decoding, TensorScope inner, TensorScope outer)
    {
        var (likelihood, divergence) = (decoding.NegativeLogLikelihood.Detach(), decoding.Divergence.Detach());
        inner.Keep([likelihood, divergence]);
        outer.Keep([likelihood, divergence]);
        return (likelihood, divergence);
    }

    private static void Keep(TensorScope scope, Decomposition decomposition)
    {
        scope.Keep([decomposition.Reconstruction, decomposition.Components, decomposition.Masks]);
        scope.Keep(decomposition.Latents.Values);
    }

    /// <summary>
    /// The benchmark broadcasts to a frame that the convolutions, without padding, eat away, and ends in a 1×1 convolution; the other pads every
    /// convolution with zeros.
    /// </summary>
    private static BroadcastDecoder DecoderOf(Options options, Generator? random)
    {
        var (layers, outputKernel) = (options.DecoderLayers, options.OutputKernelOrDefault);
        var isBenchmark = options.Version == Version.ClevrTex;
        return new(new(options.Size, options.Height, options.Width, [.. Enumerable.Repeat(options.DecoderFilters, layers)], options.Channels + 1, options.DecoderKernel,
                isBenchmark ? 0 : options.DecoderKernel / 2, outputKernel, outputKernel / 2, options.OutputStride, ColumnsFirst: true, Elu: true),
            isBenchmark ? [.. Enumerable.Range(0, layers + 1).Select(i => $"decode.{2 * i}")] : [.. Enumerable.Range(0, layers).Select(i => $"mlc.layers.{i}"), "conv"], random);
    }

    /// <summary>The benchmark's start: Xavier-normal weights at a fiftieth, no biases, so that everything is grey and shared out evenly. The LSTM has PyTorch's.</summary>
    private void StartSmall(Generator? random)
    {
        using var _ = GradMode.Off();
        foreach (var (_, value) in WeightsWithoutBiases()) XavierStart.Draw(value, 0.02, random);
    }

    private void KeepVariance(Generator? random)
    {
        using var _ = GradMode.Off();
        string[] pictures = [$"decode.{2 * options.DecoderLayers}.weight", "conv.weight"];
        string[] outputs = [.. pictures, "ref_head.weight", "mean_update.weight", "logvar_update.weight"];
        foreach (var (name, value) in WeightsWithoutBiases())
        {
            // Each output of a transposed convolution gets a stride²-th of what a kernel lays down.
            var isTransposed = options.OutputStride > 1 && pictures.Contains(name);
            var fanIn = isTransposed ? value.Count / value.Size(1) / (double)(options.OutputStride * options.OutputStride) : Initialise.FanIn(value.Shape);
            var bound = outputs.Contains(name) ? 0.1 * Math.Sqrt(3 / fanIn) : Math.Sqrt(6 / fanIn);
            value.Uniform_(-bound, bound, random);
        }
        // Two coordinates have to hold their own against L numbers, or pictures start flat and stay so for long.
        decoder.Parameters()[0].Narrow(1, options.Size, 2).Mul_(Math.Sqrt(options.Size / 2.0));
    }

    /// <summary>Sets all biases outside the LSTM to 0 and gives the weights there.</summary>
    private IEnumerable<(string Name, Tensor Value)> WeightsWithoutBiases()
    {
        foreach (var (name, value) in decoder.NamedParameters().Concat(refinement.NamedParameters()))
        {
            if (name.StartsWith("lstm.", StringComparison.Ordinal)) continue;
            if (value.Dimensions == 1) value.Zero_();
            else yield return (name, value);
        }
    }
}
