using System.ComponentModel.DataAnnotations;
using Scenograph.Models.Blocks;
using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>
/// GENESIS-V2: a U-Net gives every pixel an embedding; a stochastic stick-breaking process takes one pixel after another as a seed and
/// gives its component a soft share of what resembles it; each share is pooled into a code, each code is painted, and an autoregressive
/// prior over the codes makes new scenes. Engelcke, Parker Jones, Posner, NeurIPS 2021, arXiv 2104.09958. The defaults are those
/// of the ClevrTex benchmark (Karazija et al. 2021), which took the authors' model over.
/// </summary>
public sealed class GenesisV2 : DecompositionModel, ILatentComponents
{
    private const int ColourSize = 8;
    private const int FewestPixels = 20;
    private const double Nothing = -1e10;
    private const double DeviationShift = 0.5;
    private static readonly UNet.Names EncoderNames = new("down", "up", "0", "1");

    /// <summary>How a pixel's share falls with the distance d between its embedding and the seed's.</summary>
    public enum Kernel
    {
        /// <summary>exp(−d²/σ)</summary>
        Gaussian,

        /// <summary>exp(−d/σ)</summary>
        Laplacian,

        /// <summary>max(0, 1 − d²/σ)</summary>
        Epanechnikov,
    }

    /// <param name="Channels">Colour channels C of the image.</param>
    /// <param name="Height">Rows H of the image, a multiple of the product of <paramref name="DecoderStrides"/>, 16 as published.</param>
    /// <param name="Width">Columns W of the image, a multiple of the product of <paramref name="DecoderStrides"/>, 16 as published. The shorter side, 32 to 255, sets the depth of the U-Net.</param>
    /// <param name="Slots">K; the largest number of objects and one for the background.</param>
    /// <param name="Size">D, width of all layers and size of a component's code: a multiple of <paramref name="Groups"/>, at most 64.</param>
    /// <param name="Groups">
    /// Groups of channels that are normalised together. Narrow networks need fewer than the published 8, since little of a code survives the
    /// normalisation of two or four channels at a time.
    /// </param>
    /// <param name="DecoderStrides">
    /// Strides of the decoder's transposed convolutions; null: four of 2, as published. The code is tiled over a map as much smaller than the image as
    /// their product says; on small images little is left of it for the coordinates to tell apart.
    /// </param>
    /// <param name="ShowPlaces">
    /// Give the U-Net each pixel's row and column beside its colour. Without, as published, it has to learn from its perceptron and from the border where it is.
    /// </param>
    /// <param name="Kernel">How a pixel's share falls with its distance to the seed.</param>
    /// <param name="SemiConvolution">Add the pixel's place to its embedding; the rest of it then starts at 0.</param>
    /// <param name="DeviationStart">σ of the codes at the start; null: as published, about 1, which drowns what the codes say until training has lowered it.</param>
    /// <param name="AutoregressivePrior">Each code's prior depends on the codes before it; otherwise all are N(0, I).</param>
    /// <param name="MaskLoss">Add the KL between attention masks and painted masks.</param>
    /// <param name="DetachPaintedMasks">No gradient of that KL into the painted masks.</param>
    /// <param name="DynamicSlots">
    /// Stop taking seeds from an image when a share has fewer than 20 pixels; what is left goes to one last component, those behind it take no part.
    /// </param>
    /// <param name="PixelDeviation">Standard deviation of a painted pixel.</param>
    /// <param name="PixelBound">Keep painted colours in [0, 1] by a sigmoid.</param>
    /// <param name="ChannelMixture">Mix the components for each colour channel on its own, as the original does; otherwise whole pixels.</param>
    /// <param name="Geco">Let GECO set the KL's weight β; otherwise it stays at <paramref name="BetaStart"/>.</param>
    /// <param name="Goal">GECO's goal: the error for each pixel and channel. At a deviation of 0.7 no error is below 0.56227.</param>
    /// <param name="GoalStep">GECO's step for images of 64×64; it falls with the number of pixels.</param>
    /// <param name="GoalDecay">Share of the past in the moving average of the error.</param>
    /// <param name="GoalSpeedup">How much faster β rises than it falls.</param>
    /// <param name="BetaStart">β at the start.</param>
    /// <param name="BetaMinimum">Smallest β.</param>
    /// <param name="Compatible">
    /// As the original: GECO follows evaluations too, so that β depends on how often a run is validated. Otherwise training alone moves it.
    /// </param>
    public sealed record Options(
        [property: Range(1, 4)] int Channels = 3,
        [property: Range(32, 4096)] int Height = 128,
        [property: Range(32, 4096)] int Width = 128,
        [property: Range(1, 256)] int Slots = 11,
        [property: Range(8, 64)] int Size = 64,
        [property: Range(1, 8)] int Groups = 8,
        int[]? DecoderStrides = null,
        bool ShowPlaces = false,
        Kernel Kernel = Kernel.Gaussian,
        bool SemiConvolution = true,
        [property: Range(1e-4, 10)] double? DeviationStart = null,
        bool AutoregressivePrior = true,
        bool MaskLoss = false,
        bool DetachPaintedMasks = true,
        bool DynamicSlots = false,
        [property: Range(0, 100, MinimumIsExclusive = true)] double PixelDeviation = 0.7,
        bool PixelBound = true,
        bool ChannelMixture = true,
        bool Geco = true,
        [property: Range(-1000, 1000)] double Goal = 0.5655,
        [property: Range(0, 1)] double GoalStep = 1e-5,
        [property: Range(0, 1)] double GoalDecay = 0.99,
        [property: Range(0, 1000)] double GoalSpeedup = 10,
        [property: Range(0, 1e10)] double BetaStart = 1,
        [property: Range(0, 1e10)] double BetaMinimum = 1e-10,
        bool Compatible = false)
    {
        internal int[] DecoderStridesOrDefault => DecoderStrides ?? [2, 2, 2, 2];

        /// <summary>How many times smaller than the image the map is that the decoder starts from.</summary>
        internal int DecoderFactor => DecoderStridesOrDefault.Aggregate(1, (product, stride) => product * stride);

        /// <summary>Blocks of the U-Net on each way.</summary>
        internal int Blocks => (int)(Math.Log2(Math.Min(Height, Width)) - 1);
    }

    private readonly Options options;
    private readonly UNet encoder;
    private readonly Embedding embedding;
    private readonly Sequential segmentHead, featureHead, codeHead, decoder;
    private readonly Conv2d featureOutput;
    private readonly LSTM? priorMemory;
    private readonly Linear? priorOutput;

    /// <param name="options">Sizes and variants.</param>
    /// <param name="random">Source of the starting values.</param>
    /// <exception cref="InputException">Sizes that do not fit together.</exception>
    public GenesisV2(Options options, Generator? random = null)
    {
        Check(options);
        this.options = options;
        var d = options.Size;
        encoder = Child("encoder", new UNet(EncoderSize(options), channels => new GroupNorm(options.Groups, channels), EncoderNames, random));
        embedding = Child("att_process", new Embedding(options, random));
        segmentHead = Child("seg_head", ConvolutionNormRelu(d, options.Groups, random));
        featureHead = Child("feat_head.0", ConvolutionNormRelu(d, options.Groups, random));
        featureOutput = Child("feat_head.1", new Conv2d(d, 2 * d, kernel: 1, random: random));
        var lastLinear = new Linear(2 * d, 2 * d, random: random);
        codeHead = Child("z_head", new Sequential(new LayerNorm(2 * d), new Linear(2 * d, 2 * d, random: random), Activation.ReluInPlace(), lastLinear));
        if (options.DeviationStart is { } start)
        {
            using var off = GradMode.Off();
            lastLinear.Bias!.Narrow(0, d, d).Fill_(Math.Log(Math.Exp(start) - 1) - DeviationShift);
        }
        decoder = Child("decoder_module", new Sequential(
        [
            new BroadcastMap(options.Height / options.DecoderFactor, options.Width / options.DecoderFactor),
            .. options.DecoderStridesOrDefault.SelectMany((stride, i) => new Layer[]
            {
                new ConvTranspose2d(i == 0 ? d + 2 : d, d, kernel: 5, stride: stride, padding: 2, outputPadding: stride - 1, random: random),
                new GroupNorm(options.Groups, d),
                Activation.ReluInPlace(),
            }),
            new Conv2d(d, options.Channels + 1, kernel: 1, random: random),
        ]));
        if (options.AutoregressivePrior)
        {
            priorMemory = Child("prior_lstm", new LSTM(d, 4 * d, random));
            priorOutput = Child("prior_linear", new Linear(4 * d, 2 * d, random: random));
        }
        double pixels = options.Height * options.Width;
        Controller = Child("geco", new GecoController(new(options.Goal * options.Channels * pixels, options.GoalStep * 64 * 64 / pixels, options.GoalDecay,
            options.BetaStart, options.BetaMinimum, Speedup: options.GoalSpeedup)));
    }

    /// <summary>GECO, and with it β.</summary>
    public GecoController Controller { get; }

    /// <inheritdoc/>
    public override string Name => "genesis-v2";

    /// <inheritdoc/>
    public override (int Channels, int Height, int Width) ImageSize => (options.Channels, options.Height, options.Width);

    /// <inheritdoc/>
    public override int Components => options.Slots;

    /// <summary>One more seed is one more component.</summary>
    public override bool TakesAnyNumberOfComponents => true;

    /// <inheritdoc/>
    public string LatentName => "z";

    /// <summary>The authors' own repository calls the embedding's parts otherwise than the benchmark's copy does.</summary>
    public override string? ImportedName(string name) => name switch
    {
        "att_process.colour_head.conv.weight" => "att_process.colour_head.weight",
        "att_process.colour_head.conv.bias" => "att_process.colour_head.bias",
        "att_process.colour_head.gate.gate" => "att_process.colour_head.gate",
        _ => name,
    };

    /// <summary>The benchmark's checkpoints lack GECO's average, the authors' own all of GECO and the decoder's grid.</summary>
    public override bool MayLack(string name) => name.StartsWith("geco.", StringComparison.Ordinal) || name == "decoder_module.0.coords";

    /// <inheritdoc/>
    public override Objective Objective(Batch batch, long step, NoiseSource noise)
    {
        using var scope = TensorScope.Begin();
        var terms = Terms(batch.Images, Forward(batch.Images, noise));
        var reconstruction = terms.Errors.Mean();
        var divergence = terms.Divergences.Sum() / batch.Images.Size(0);
        var maskDivergence = terms.MaskDivergences?.Mean();
        var beta = Controller.Beta.Clone(); // the controller changes its own
        var total = reconstruction + beta * (maskDivergence is null ? divergence : divergence + maskDivergence);
        if (IsTraining || options.Compatible) Follow(reconstruction);
        var named = new List<(string, Tensor)> { ("reconstruction", scope.Keep(reconstruction)), ("kl", scope.Keep(divergence)), ("beta", scope.Keep(beta)) };
        if (maskDivergence is not null) named.Add(("mask_kl", scope.Keep(maskDivergence)));
        return new(scope.Keep(total), named);
    }

    /// <inheritdoc/>
    public override Decomposition Decompose(Tensor images, NoiseSource noise, int? components = null)
    {
        using var scope = TensorScope.Begin();
        var output = Forward(images, noise, components);
        if (options.Compatible) Follow(Terms(images, output).Errors.Mean());
        return Decomposition(scope, output.Latents, output.Components, output.LogMasks, ("mean", output.Mean), ("deviation", output.Deviation));
    }

    /// <inheritdoc/>
    public Decomposition Decode(Tensor latents)
    {
        using var scope = TensorScope.Begin();
        var (components, logMasks) = Paint(latents, null);
        return Decomposition(scope, latents, components, logMasks);
    }

    /// <summary>New scenes: the first code from N(0, I), each further one from its prior given those before it.</summary>
    /// <param name="count">B</param>
    /// <param name="noise">A normal draw [B, D] for each component.</param>
    /// <param name="components">K, if not that of the options.</param>
    public Decomposition Generate(int count, NoiseSource noise, int? components = null)
    {
        using var scope = TensorScope.Begin();
        var like = featureOutput.Weight;
        var codes = new Tensor[components ?? options.Slots];
        var state = priorMemory?.Start(count) ?? default;
        for (var k = 0; k < codes.Length; k++)
        {
            codes[k] = noise.Normal([count, options.Size], like);
            if (k == 0 || priorMemory is null || priorOutput is null) continue;
            state = priorMemory.Step(codes[k - 1], state);
            var (mean, deviation) = Prior(priorOutput.Forward(state.Hidden));
            codes[k] = mean + deviation * codes[k];
        }
        var latents = Operators.Stack(codes, 1);
        var (painted, logMasks) = Paint(latents, null);
        return Decomposition(scope, latents, painted, logMasks);
    }

    /// <summary>One pass: what the objective and a decomposition are made of.</summary>
    /// <param name="Colours">Pixel embeddings, [B, 8, H, W].</param>
    /// <param name="Seeds">Position (row · W + column) of the seed in each step, [B, K − 1]; null where K is 1.</param>
    /// <param name="AttentionLogMasks">log m_k of the stick-breaking process, [B, K, 1, H, W]; the masks sum to 1 over K.</param>
    /// <param name="Taking">Components that take part, [B, K]; null: all.</param>
    /// <param name="Mean">μ of the codes, [B, K, D].</param>
    /// <param name="Deviation">σ of the codes, [B, K, D].</param>
    /// <param name="Latents">The codes z, [B, K, D].</param>
    /// <param name="Components">Painted pictures, [B, K, C, H, W].</param>
    /// <param name="LogMasks">log of the painted masks m^r, [B, K, 1, H, W], normalised over K.</param>
    public sealed record Output(Tensor Colours, Tensor? Seeds, Tensor AttentionLogMasks, Tensor? Taking, Tensor Mean, Tensor Deviation, Tensor Latents,
        Tensor Components, Tensor LogMasks);

    /// <param name="images">[B, C, H, W]</param>
    /// <param name="noise">A uniform draw [B, 1, H, W], then a normal draw [B, D] for each component.</param>
    /// <param name="components">K, if not that of the options.</param>
    public Output Forward(Tensor images, NoiseSource noise, int? components = null)
    {
        using var scope = TensorScope.Begin();
        var (batch, count, d) = (images.Size(0), components ?? options.Slots, options.Size);
        var features = encoder.Forward(EncoderInput(images).Contiguous(MemoryFormat.ChannelsLast));  // [B, D, H, W]
        var colours = embedding.Colours(segmentHead.Forward(features)).To(images.DType);             // [B, 8, H, W]
        var field = noise.Uniform([batch, 1, options.Height, options.Width], images);
        var (attention, seeds, taking) = BreakStick(colours, field, count);                          // [B, K, 1, H, W]

        var code = codeHead.Forward(Pool(featureHead.Forward(features), attention)).To(images.DType);
        var mean = code.Narrow(2, 0, d);                                                             // [B, K, D]
        var deviation = (code.Narrow(2, d, d) + DeviationShift).Softplus() + 1e-8;
        var draws = new Tensor[count];
        for (var k = 0; k < count; k++) draws[k] = noise.Normal([batch, d], images);
        var latents = mean.Addcmul(deviation, Operators.Stack(draws, 1));
        var (painted, logMasks) = Paint(latents, taking);
        return new(scope.Keep(colours), seeds is null ? null : scope.Keep(seeds), scope.Keep(attention), taking is null ? null : scope.Keep(taking),
            scope.Keep(mean), scope.Keep(deviation), scope.Keep(latents), scope.Keep(painted), scope.Keep(logMasks));
    }

    /// <returns>[B, C, H, W], or [B, C + 2, H, W] with places.</returns>
    private Tensor EncoderInput(Tensor images)
    {
        if (!options.ShowPlaces) return images;
        using var scope = TensorScope.Begin();
        var places = PositionGrid.Coordinates(options.Height, options.Width, dtype: images.DType, device: images.Device);
        return scope.Keep(Operators.Cat([images, places.Expand([images.Size(0), 2, options.Height, options.Width])], 1));
    }

    /// <summary>IC-SBP: instance colouring stick-breaking process, section 3.2.</summary>
    /// <param name="colours">[B, 8, H, W]</param>
    /// <param name="field">Uniform numbers [B, 1, H, W]: the pixel whose number times its scope is largest becomes the seed.</param>
    /// <param name="count">K</param>
    private (Tensor LogMasks, Tensor? Seeds, Tensor? Taking) BreakStick(Tensor colours, Tensor field, int count)
    {
        using var scope = TensorScope.Begin();
        var batch = colours.Size(0);
        var logMasks = new Tensor[count];
        var seeds = new Tensor[count - 1];
        var logScope = field.ZerosLike();                                                            // [B, 1, H, W]
        var pixels = colours.Flatten(2);                                                             // [B, 8, H·W]
        for (var k = 0; k < count - 1; k++)
        {
            seeds[k] = (field * logScope.Detach().Exp()).Flatten(1).Argmax(1, keepdim: true);        // [B, 1]
            var seed = pixels.Gather(2, seeds[k].Unsqueeze(1).Expand([batch, ColourSize, 1])).Unsqueeze(3);
            var alpha = embedding.Share((colours - seed).Square().Sum([1], keepdim: true));
            alpha = ClampStraightThrough(alpha, 0.01, 0.99);
            var logMask = logScope + alpha.Log();
            var logRest = logScope + (1 - alpha).Log();
            if (options.DynamicSlots)
            {
                var isLast = logMask.Detach().Exp().Sum([1, 2, 3], keepdim: true).Lt(FewestPixels);   // also where nothing is left
                logMask = Operators.Where(isLast, logScope, logMask);
                logRest = Operators.Where(isLast, logRest.FullLike(Nothing), logRest);
            }
            (logMasks[k], logScope) = (logMask, logRest);
        }
        logMasks[^1] = logScope;
        var all = scope.Keep(Operators.Stack(logMasks, 1));
        var taking = options.DynamicSlots ? scope.Keep(all.Detach().Amax([2, 3, 4]).Gt(Nothing / 2)) : null;
        return (all, count > 1 ? scope.Keep(Operators.Cat(seeds, 1)) : null, taking);
    }

    /// <summary>
    /// Mean of the feature head's output over each component's share. The head's last layer, a 1×1 convolution, comes after the mean, where it
    /// is a matrix product of K vectors: a mean does not care.
    /// </summary>
    /// <param name="features">[B, D, H, W]</param>
    /// <param name="logMasks">[B, K, 1, H, W]</param>
    /// <returns>[B, K, 2·D]</returns>
    private Tensor Pool(Tensor features, Tensor logMasks)
    {
        using var scope = TensorScope.Begin();
        var masks = logMasks.Exp().Flatten(2);                                                       // [B, K, H·W]
        var mass = masks.Sum([2], keepdim: true);                                                    // [B, K, 1]
        var sums = masks.MatMul(features.Permute([0, 2, 3, 1]).Flatten(1, 2));                       // [B, K, D]
        var outputs = Operators.Linear(sums, featureOutput.Weight.Flatten(1), null).To(masks.DType);
        return scope.Keep((outputs + mass * featureOutput.Bias!) / (mass + 1e-5));
    }

    private (Tensor Components, Tensor LogMasks) Paint(Tensor latents, Tensor? taking)
    {
        using var scope = TensorScope.Begin();
        var (batch, k, c) = (latents.Size(0), latents.Size(1), options.Channels);
        // Losses read pixel after pixel, channel after channel.
        var x = decoder.Forward(latents.Reshape([batch * k, options.Size])).To(latents.DType).Contiguous()
            .View([batch, k, c + 1, options.Height, options.Width]);
        var (colours, logits) = (x.Narrow(2, 0, c), x.Narrow(2, c, 1));
        if (taking is not null) logits = logits.MaskedFill(taking.LogicalNot().View([batch, k, 1, 1, 1]), Nothing);
        return (scope.Keep(options.PixelBound ? colours.Sigmoid() : colours), scope.Keep(logits.LogSoftmax(1)));
    }

    /// <summary>The terms of the loss.</summary>
    /// <param name="images">[B, C, H, W]</param>
    /// <param name="output">Of <see cref="Forward"/> on them.</param>
    /// <returns>
    /// Negative log-likelihoods [B]; log q(z) − log p(z) of each code at its sample, [B, K], which a single draw may make negative; KL of the attention
    /// masks from the painted ones [B], or null where it is not asked for.
    /// </returns>
    public (Tensor Errors, Tensor Divergences, Tensor? MaskDivergences) Terms(Tensor images, Output output)
    {
        using var scope = TensorScope.Begin();
        var errors = -PixelMixture.LogLikelihood(images, output.Components, output.LogMasks, [options.PixelDeviation], options.ChannelMixture);
        var divergences = Divergences(output);
        var masks = options.MaskLoss ? scope.Keep(MaskDivergences(output)) : null;
        return (scope.Keep(errors), scope.Keep(divergences), masks);
    }

    private Tensor Divergences(Output output)
    {
        using var scope = TensorScope.Begin();
        var (z, count) = (output.Latents, output.Latents.Size(1));
        var posterior = ((z - output.Mean) / output.Deviation).Square() * -0.5 - output.Deviation.Log();
        Tensor prior;
        if (LatentPrior(z) is { } given)
        {
            var first = z.Narrow(1, 0, 1).Square() * -0.5;
            var others = ((z.Narrow(1, 1, count - 1) - given.Mean) / given.Deviation).Square() * -0.5 - given.Deviation.Log();
            prior = Operators.Cat([first, others], 1);
        }
        else
        {
            prior = z.Square() * -0.5;
        }
        var divergences = (posterior - prior).Sum([2]);                                              // ½ log 2π cancels
        return scope.Keep(output.Taking is { } taking ? Operators.Where(taking, divergences, divergences.ZerosLike()) : divergences);
    }

    /// <summary>The prior of the components behind the first.</summary>
    /// <param name="latents">[B, K, D]</param>
    /// <returns>Mean and deviation, [B, K − 1, D]; null where all codes have N(0, I).</returns>
    public (Tensor Mean, Tensor Deviation)? LatentPrior(Tensor latents)
    {
        if (priorMemory is null || priorOutput is null || latents.Size(1) == 1) return null;
        using var scope = TensorScope.Begin();
        // A few small products: nothing to gain from lower precision.
        using var exact = Autocast.Suspend(latents.Device);
        var (mean, deviation) = Prior(priorOutput.Forward(priorMemory.Forward(latents.Narrow(1, 0, latents.Size(1) - 1))));
        return (scope.Keep(mean), scope.Keep(deviation));
    }

    private (Tensor Mean, Tensor Deviation) Prior(Tensor output)
    {
        using var scope = TensorScope.Begin();
        var d = options.Size;
        return (scope.Keep(output.Narrow(-1, 0, d).Tanh()), scope.Keep((output.Narrow(-1, d, d) + 4).Sigmoid() + 1e-4));
    }

    /// <summary>KL(m ‖ m^r), both kept away from 0: no gradient where a mask is below 1e-5.</summary>
    private Tensor MaskDivergences(Output output)
    {
        using var scope = TensorScope.Begin();
        static Tensor Bounded(Tensor logMasks)
        {
            var masks = logMasks.Exp().ClampMin(1e-5);
            return masks / masks.Sum([1], keepdim: true);
        }
        var attention = Bounded(output.AttentionLogMasks);
        var painted = Bounded(options.DetachPaintedMasks ? output.LogMasks.Detach() : output.LogMasks);
        return scope.Keep((attention * (attention.Log() - painted.Log())).Sum([1, 2, 3, 4]));
    }

    private void Follow(Tensor error)
    {
        if (options.Geco) Controller.Update(error);
    }

    private Decomposition Decomposition(TensorScope scope, Tensor latents, Tensor components, Tensor logMasks, params ReadOnlySpan<(string Name, Tensor Value)> others)
    {
        var masks = scope.Keep(logMasks.Exp());
        var named = new Dictionary<string, Tensor> { [LatentName] = scope.Keep(latents) };
        foreach (var (name, value) in others) named.Add(name, scope.Keep(value));
        return new(scope.Keep((components * masks).Sum([1])), scope.Keep(components), masks, named);
    }

    /// <summary>Clamps the value and lets the gradient pass as if it had not.</summary>
    private static Tensor ClampStraightThrough(Tensor x, double minimum, double maximum)
    {
        using var scope = TensorScope.Begin();
        var detached = x.Detach();
        return scope.Keep(x + (detached.Clamp(minimum, maximum) - detached));
    }

    /// <inheritdoc/>
    public override double? ForwardOperations(int batch)
    {
        double d = options.Size, pixels = options.Height * options.Width, k = options.Slots;
        var perImage = 2 * 18 * pixels * d * d + 2 * pixels * d * ColourSize + 2 * pixels * d * k + 12 * k * d * d;
        perImage += (k - 1) * 2 * (4 * d * 5 * d + 4 * d * 2 * d);                                    // the prior
        var map = pixels / (options.DecoderFactor * options.DecoderFactor);
        foreach (var (i, stride) in options.DecoderStridesOrDefault.Index())
        {
            perImage += k * 50 * map * (i == 0 ? d + 2 : d) * d;                                     // each input pixel lays down one kernel
            map *= stride * stride;
        }
        perImage += k * 2 * map * d * (options.Channels + 1);
        return encoder.ForwardOperations(batch) + batch * perImage;
    }

    private static void Check(Options options)
    {
        if (options.Size % options.Groups != 0) throw new InputException($"model.size is {options.Size}; a multiple of model.groups, {options.Groups}, is expected, since the layers are normalised in so many groups");
        var strides = options.DecoderStridesOrDefault;
        if (strides.Length == 0 || strides.Any(stride => stride is < 1 or > 4)) throw new InputException($"model.decoder_strides is [{string.Join(", ", strides)}]; at least one number, each from 1 to 4, is expected");
        var factor = options.DecoderFactor;
        if (options.Height % factor != 0) throw new InputException($"model.height is {options.Height}; a multiple of {factor} is expected, which the decoder can grow to");
        if (options.Width % factor != 0) throw new InputException($"model.width is {options.Width}; a multiple of {factor} is expected, which the decoder can grow to");
        if (options.Blocks > 6) throw new InputException($"model.height and model.width are {options.Height} and {options.Width}; the shorter side must be below 256, for which the network is defined");
    }

    private static UNet.Options EncoderSize(Options options)
    {
        var (c, wide) = (options.Size, 2 * options.Size);
        int[] down = options.Blocks switch
        {
            4 => [c, wide, wide, wide],
            5 => [c, c, wide, wide, wide],
            _ => [c, c, c, wide, wide, wide],
        };
        // Two wide blocks, then narrow ones.
        return new(options.Channels + (options.ShowPlaces ? 2 : 0), options.Height, options.Width, down, [.. down.Select((_, i) => i < 2 ? wide : c)]);
    }

    private static Sequential ConvolutionNormRelu(int channels, int groups, Generator? random) => new(
        new Conv2d(channels, channels, kernel: 3, padding: 1, bias: false, random: random), new GroupNorm(groups, channels), Activation.ReluInPlace());

    /// <summary>Tiles a vector over a map and tells its pixels apart: [N, D] becomes [N, D + 2, h, w].</summary>
    private sealed class BroadcastMap : Layer
    {
        private readonly Tensor coordinates;

        public BroadcastMap(int rows, int columns) => coordinates = Buffer("coords", PositionGrid.Coordinates(rows, columns));

        public override Tensor Forward(Tensor input)
        {
            using var scope = TensorScope.Begin();
            var (n, d, rows, columns) = (input.Size(0), input.Size(1), coordinates.Size(2), coordinates.Size(3));
            var tiled = input.View([n, d, 1, 1]).Expand([n, d, rows, columns]);
            return scope.Keep(Operators.Cat([tiled, coordinates.Expand([n, 2, rows, columns])], 1).Contiguous(MemoryFormat.ChannelsLast));
        }
    }

    /// <summary>What gives pixels their embedding, and shares by their distance to a seed.</summary>
    private sealed class Embedding : Module
    {
        private readonly Kernel kernel;
        private readonly Tensor logSigma;
        private readonly ColourHead head;

        public Embedding(Options options, Generator? random)
        {
            kernel = options.Kernel;
            var sigma = kernel switch
            {
                Kernel.Gaussian => 1 / (options.Slots * Math.Log(2)),
                Kernel.Laplacian => 1 / (Math.Sqrt(options.Slots) * Math.Log(2)),
                _ => 2.0 / options.Slots,
            };
            logSigma = Parameter("log_sigma", Tensor.FromScalar(Math.Log(sigma), DType.Float64)); // double, as in the original's checkpoints
            head = Child("colour_head", new ColourHead(options, random));
        }

        /// <param name="features">[B, D, H, W]</param>
        /// <returns>[B, 8, H, W]</returns>
        public Tensor Colours(Tensor features) => head.Forward(features);

        /// <param name="distances">Squared, [B, 1, H, W].</param>
        /// <returns>α before it is clamped, likewise.</returns>
        public Tensor Share(Tensor distances)
        {
            using var scope = TensorScope.Begin();
            var sigma = logSigma.Exp();
            return scope.Keep(kernel switch
            {
                Kernel.Gaussian => (-distances / sigma).Exp(),
                Kernel.Laplacian => (-ClampStraightThrough(distances, 1e-10, 1e10).Sqrt() / sigma).Exp(),
                _ => (1 - distances / sigma).Relu(),
            });
        }
    }

    /// <summary>
    /// The semi-convolutional head (Novotny et al. 2018, arXiv 1807.10712): a gated 1×1 convolution plus the pixel's place in the last two
    /// of eight channels. The gate starts at 0, so that shares start as discs around random pixels. Without places and gate: a convolution.
    /// </summary>
    private sealed class ColourHead : Layer
    {
        private readonly Tensor weight, bias;
        private readonly Tensor? gate;

        public ColourHead(Options options, Generator? random)
        {
            ReadOnlySpan<long> shape = [ColourSize, options.Size, 1, 1];
            weight = Parameter("weight", Initialise.KaimingUniform(shape, random));
            bias = Parameter("bias", Initialise.Uniform([ColourSize], 1 / Math.Sqrt(options.Size), random));
            if (options.SemiConvolution) gate = Parameter("gate", Operators.Zeros([1]));
        }

        public override Tensor Forward(Tensor input)
        {
            using var scope = TensorScope.Begin();
            var colours = Operators.Conv2d(input, weight, bias);
            if (gate is null) return scope.Keep(colours);
            // Autocast must not round the places.
            var places = PositionGrid.Coordinates((int)input.Size(2), (int)input.Size(3), dtype: weight.DType, device: weight.Device);
            return scope.Keep(colours.To(weight.DType) * gate + places.Pad([0, 0, 0, 0, ColourSize - 2, 0]));
        }
    }
}
