using System.ComponentModel.DataAnnotations;
using Scenograph.Models.Blocks;
using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>
/// MONet: a recurrent attention network cuts the image into K masks, each taking its share of what the ones before have left; a
/// variational auto-encoder reads each part and paints it and its mask anew. Loss: mixture likelihood, KL of the codes, KL of the masks.
/// Burgess, Matthey, Watters, Kabra, Higgins, Botvinick, Lerchner 2019, arXiv 1901.11390. The defaults are those of the ClevrTex
/// benchmark (Karazija et al. 2021), whose attention network is far wider than the paper's.
/// </summary>
public sealed class MONet : DecompositionModel, ILatentComponents
{
    private static readonly UNet.Names AttentionNames = new("downblocks", "upblocks", "conv", "norm");

    /// <param name="Channels">Colour channels C of the image.</param>
    /// <param name="Height">Rows H of the image.</param>
    /// <param name="Width">Columns W of the image.</param>
    /// <param name="Slots">K; the largest number of objects and one for the background.</param>
    /// <param name="Blocks">
    /// Blocks down, and as many up, in the attention network; between them maps are halved. The original knows 5 and 6, for images of at least
    /// 32 and 64 pixels.
    /// </param>
    /// <param name="LatentSize">Size of a component's code z.</param>
    /// <param name="AttentionFilters">Channels of the attention network's first block; they double a block, to at most eight times as many.</param>
    /// <param name="EncoderFilters">Channels of the encoder's convolutions of stride 2; null: [32, 32, 64, 64].</param>
    /// <param name="EncoderHidden">Width of the layer between the encoder's convolutions and its code.</param>
    /// <param name="DecoderFilters">Channels of the decoder's convolutions; null: [32, 32, 32, 32].</param>
    /// <param name="BackgroundScale">Standard deviation of the first component's pixels.</param>
    /// <param name="ForegroundScale">Standard deviation of the other components' pixels: 0.15 in the benchmark, 0.11 in the paper.</param>
    /// <param name="Beta">Weight of the codes' KL.</param>
    /// <param name="Gamma">Weight of the masks' KL.</param>
    /// <param name="ChannelMixture">
    /// Mix the components for each colour channel on its own, as the benchmark does; the paper's formula mixes whole pixels.
    /// </param>
    /// <param name="DeviationStart">σ of the codes at the start; null: as published, about 1, which drowns what the codes say until training has lowered it.</param>
    public sealed record Options(
        [property: Range(1, 4)] int Channels = 3,
        [property: Range(8, 4096)] int Height = 128,
        [property: Range(8, 4096)] int Width = 128,
        [property: Range(1, 256)] int Slots = 11,
        [property: Range(2, 10)] int Blocks = 6,
        [property: Range(1, 4096)] int LatentSize = 16,
        [property: Range(1, 1024)] int AttentionFilters = 64,
        int[]? EncoderFilters = null,
        [property: Range(1, 16384)] int EncoderHidden = 256,
        int[]? DecoderFilters = null,
        [property: Range(0, 100, MinimumIsExclusive = true)] double BackgroundScale = 0.09,
        [property: Range(0, 100, MinimumIsExclusive = true)] double ForegroundScale = 0.15,
        [property: Range(0, 1e6)] double Beta = 0.5,
        [property: Range(0, 1e6)] double Gamma = 0.5,
        bool ChannelMixture = true,
        [property: Range(1e-4, 10)] double? DeviationStart = null)
    {
        internal int[] EncoderFiltersOrDefault => EncoderFilters ?? [32, 32, 64, 64];

        internal int[] DecoderFiltersOrDefault => DecoderFilters ?? [32, 32, 32, 32];
    }

    private readonly Options options;
    private readonly Tensor priorMean, priorDeviation;
    private readonly Sequential encoder;
    private readonly BroadcastDecoder decoder;
    private readonly Attention attention;

    /// <param name="options">Sizes and variants.</param>
    /// <param name="random">Source of the starting values.</param>
    /// <exception cref="InputException">Sizes that do not fit together.</exception>
    public MONet(Options options, Generator? random = null)
    {
        Check(options);
        this.options = options;
        var (z, c) = (options.LatentSize, options.Channels);

        // What the original's base class keeps for all its models; of these MONet uses the two of z_what only.
        Buffer("_z_pres_temperature", Operators.Ones([1, 1]));
        Buffer("_z_pres_prior_p", Operators.Ones([1, 1], DType.Int64));
        Buffer("_z_where_prior_loc", Operators.Zeros([1, 4], DType.Int64));
        Buffer("_z_where_prior_scale", Operators.Ones([1, 4], DType.Int64));
        priorMean = Buffer("_z_what_prior_loc", Operators.Zeros([1, z]));
        priorDeviation = Buffer("_z_what_prior_scale", Operators.Ones([1, z]));
        Buffer("_z_depth_prior_loc", Operators.Zeros([1, 1]));
        Buffer("_z_depth_prior_scale", Operators.Ones([1, 1]));

        var filters = options.EncoderFiltersOrDefault;
        var (rows, columns) = EncodedSize(options);
        var lastLinear = new Linear(options.EncoderHidden, 2 * z, random: random);
        encoder = Child("enc", new Sequential(
        [
            .. filters.SelectMany((outputs, i) => new Layer[]
            {
                new Conv2d(i == 0 ? c + 1 : filters[i - 1], outputs, kernel: 3, stride: 2, padding: 1, random: random),
                Activation.ReluInPlace(),
            }),
            new Flatten(),
            new Linear(filters[^1] * rows * columns, options.EncoderHidden, random: random),
            Activation.ReluInPlace(),
            lastLinear,
        ]));
        if (options.DeviationStart is { } start)
        {
            using var off = GradMode.Off();
            lastLinear.Bias!.Narrow(0, z, z).Fill_(Math.Log(start));
        }
        decoder = Child("dec", new BroadcastDecoder(new(z, options.Height, options.Width, options.DecoderFiltersOrDefault, c + 1), random: random));
        attention = Child("att", new Attention(options, random));
    }

    /// <inheritdoc/>
    public override string Name => "monet";

    /// <inheritdoc/>
    public override (int Channels, int Height, int Width) ImageSize => (options.Channels, options.Height, options.Width);

    /// <inheritdoc/>
    public override int Components => options.Slots;

    /// <summary>The attention network takes one more share as often as it is asked to.</summary>
    public override bool TakesAnyNumberOfComponents => true;

    /// <inheritdoc/>
    public string LatentName => "z";

    /// <inheritdoc/>
    public override Objective Objective(Batch batch, long step, NoiseSource noise)
    {
        using var scope = TensorScope.Begin();
        var loss = Terms(batch.Images, Forward(batch.Images, noise));
        var total = loss.Reconstruction + loss.Divergence * options.Beta + loss.MaskDivergence * options.Gamma;
        return new(scope.Keep(total),
            [("reconstruction", scope.Keep(loss.Reconstruction)), ("kl", scope.Keep(loss.Divergence)), ("mask_kl", scope.Keep(loss.MaskDivergence))]);
    }

    /// <inheritdoc/>
    public override Decomposition Decompose(Tensor images, NoiseSource noise, int? components = null)
    {
        using var scope = TensorScope.Begin();
        var output = Forward(images, noise, components);
        var masks = output.LogMasks.Exp();
        return new(scope.Keep((output.Components * masks).Sum([1])), scope.Keep(output.Components), scope.Keep(masks), new Dictionary<string, Tensor>
        {
            [LatentName] = scope.Keep(output.Latents),
            ["mean"] = scope.Keep(output.Mean),
            ["deviation"] = scope.Keep(output.Deviation),
        });
    }

    /// <summary>Paints scenes; the masks are the painted ones, since attention needs an image.</summary>
    /// <inheritdoc/>
    public Decomposition Decode(Tensor latents)
    {
        using var scope = TensorScope.Begin();
        var (components, logMasks) = Paint(latents);
        var masks = logMasks.Exp();
        return new(scope.Keep((components * masks).Sum([1])), scope.Keep(components), scope.Keep(masks), new Dictionary<string, Tensor> { [LatentName] = latents });
    }

    /// <summary>One pass: what the objective and a decomposition are made of.</summary>
    /// <param name="LogMasks">log m_k of the attention, [B, K, 1, H, W]; the masks sum to 1 over K.</param>
    /// <param name="Mean">μ of the codes, [B, K, z].</param>
    /// <param name="Deviation">σ of the codes, [B, K, z].</param>
    /// <param name="LogDeviation">log σ.</param>
    /// <param name="Latents">The codes z, [B, K, z].</param>
    /// <param name="Components">Painted pictures, [B, K, C, H, W].</param>
    /// <param name="PaintedLogMasks">log m̃_k of the decoder, [B, K, 1, H, W], normalised over K.</param>
    public sealed record Output(Tensor LogMasks, Tensor Mean, Tensor Deviation, Tensor LogDeviation, Tensor Latents, Tensor Components, Tensor PaintedLogMasks);

    /// <param name="images">[B, C, H, W]</param>
    /// <param name="noise">A normal draw [B, z] for each component.</param>
    /// <param name="components">K, if not that of the options.</param>
    public Output Forward(Tensor images, NoiseSource noise, int? components = null)
    {
        using var scope = TensorScope.Begin();
        var (batch, k, z) = (images.Size(0), components ?? options.Slots, options.LatentSize);
        var logMasks = Attend(images, k);                                                     // [B, K, 1, H, W]

        // The parts do not wait for each other: all at once.
        var shape = logMasks.Shape.ToArray();
        shape[2] = options.Channels;
        var parts = Operators.Cat([images.Unsqueeze(1).Expand(shape), logMasks], 2).Flatten(0, 1);
        var code = encoder.Forward(parts.Contiguous(MemoryFormat.ChannelsLast)).To(images.DType).View([batch, k, 2 * z]);
        var (mean, logDeviation) = (code.Narrow(2, 0, z), code.Narrow(2, z, z));
        var deviation = logDeviation.Exp();
        var draws = new Tensor[k];
        for (var i = 0; i < k; i++) draws[i] = noise.Normal([batch, z], images);
        var latents = mean.Addcmul(deviation, Operators.Stack(draws, 1));                     // [B, K, z]
        var (painted, paintedLogMasks) = Paint(latents);
        return new(scope.Keep(logMasks), scope.Keep(mean), scope.Keep(deviation), scope.Keep(logDeviation), scope.Keep(latents), scope.Keep(painted), scope.Keep(paintedLogMasks));
    }

    /// <summary>Stick breaking: log m_k = log s_k + log α_k, log s_(k+1) = log s_k + log(1 − α_k), and all the rest for the last.</summary>
    private Tensor Attend(Tensor images, int count)
    {
        using var scope = TensorScope.Begin();
        var logMasks = new Tensor[count];
        var logScope = Operators.Zeros([images.Size(0), 1, options.Height, options.Width], images.DType, device: images.Device);
        var kernels = count > 1 ? attention.Prepare() : null;
        for (var i = 0; i < count - 1; i++)
        {
            var logits = attention.Forward(Operators.Cat([images, logScope], 1), kernels!).To(images.DType);   // [B, 1, H, W]
            logMasks[i] = logScope + logits.LogSigmoid();
            logScope = logScope + (-logits).LogSigmoid();
        }
        logMasks[^1] = logScope;
        return scope.Keep(Operators.Stack(logMasks, 1));
    }

    private (Tensor Components, Tensor LogMasks) Paint(Tensor latents)
    {
        using var scope = TensorScope.Begin();
        var (batch, k, c) = (latents.Size(0), latents.Size(1), options.Channels);
        // Losses read pixel after pixel, channel after channel.
        var x = decoder.Forward(latents.Reshape([batch * k, options.LatentSize])).To(latents.DType).Contiguous()
            .View([batch, k, c + 1, options.Height, options.Width]);
        return (scope.Keep(x.Narrow(2, 0, c).Sigmoid()), scope.Keep(x.Narrow(2, c, 1).LogSoftmax(1)));
    }

    /// <summary>The terms of the loss before weighting, each the mean over the batch.</summary>
    /// <param name="images">[B, C, H, W]</param>
    /// <param name="output">Of <see cref="Forward"/> on them.</param>
    public (Tensor Reconstruction, Tensor Divergence, Tensor MaskDivergence) Terms(Tensor images, Output output)
    {
        using var scope = TensorScope.Begin();
        var (batch, k) = (images.Size(0), (int)output.LogMasks.Size(1));
        var scales = new double[k];
        for (var i = 0; i < k; i++) scales[i] = i == 0 ? options.BackgroundScale : options.ForegroundScale;
        var reconstruction = -PixelMixture.LogLikelihood(images, output.Components, output.LogMasks, scales, options.ChannelMixture).Mean();

        // KL(N(μ, σ²) ‖ N(μ_p, σ_p²)) = ½ ((σ² + (μ − μ_p)²)/σ_p² − 1) − log σ + log σ_p
        var distance = (output.Deviation.Square() + (output.Mean - priorMean).Square()) / priorDeviation.Square();
        var divergence = (0.5 * distance - 0.5 - output.LogDeviation + priorDeviation.Log()).Sum() / batch;

        // m log m from log m: where the mask is 0 the gradient is 0, not NaN.
        var maskDivergence = (output.LogMasks.Exp() * (output.LogMasks - output.PaintedLogMasks)).Sum() / batch;
        return (scope.Keep(reconstruction), scope.Keep(divergence), scope.Keep(maskDivergence));
    }

    /// <inheritdoc/>
    public override double? ForwardOperations(int batch)
    {
        double perPart = 0;
        var (rows, columns, inputs) = (options.Height, options.Width, options.Channels + 1);
        foreach (var outputs in options.EncoderFiltersOrDefault)
        {
            (rows, columns) = ((rows + 1) / 2, (columns + 1) / 2);
            perPart += 18.0 * rows * columns * inputs * outputs;
            inputs = outputs;
        }
        perPart += 2.0 * options.EncoderHidden * (rows * columns * inputs + 2 * options.LatentSize);
        return (options.Slots - 1) * attention.ForwardOperations(batch) + batch * options.Slots * perPart + decoder.ForwardOperations(batch * options.Slots);
    }

    private static void Check(Options options)
    {
        var (rows, columns) = AttentionSize(options).Bottom;
        if (rows * columns < 2)
        {
            throw new InputException($"model.blocks is {options.Blocks}: images of {options.Height}x{options.Width} would shrink to {rows}x{columns}, "
                + "and instance normalisation needs more than one pixel; fewer blocks or larger images are needed");
        }
        if (options.EncoderFiltersOrDefault.Length == 0 || options.EncoderFiltersOrDefault.Any(n => n < 1)) throw new InputException("model.encoder_filters must be numbers of at least 1");
        if (options.DecoderFiltersOrDefault.Length == 0 || options.DecoderFiltersOrDefault.Any(n => n < 1)) throw new InputException("model.decoder_filters must be numbers of at least 1");
    }

    private static UNet.Options AttentionSize(Options options)
    {
        var n = options.Blocks;
        int Outputs(int i) => options.AttentionFilters * Math.Min(1 << Math.Min(i, n - 2), 8);
        return new(options.Channels + 1, options.Height, options.Width,
            [.. Enumerable.Range(0, n).Select(Outputs)],
            [.. Enumerable.Range(1, n).Select(i => Outputs(Math.Max(n - 1 - i, 0)))]);
    }

    private static (int Rows, int Columns) EncodedSize(Options options)
    {
        var (rows, columns) = (options.Height, options.Width);
        foreach (var _ in options.EncoderFiltersOrDefault) (rows, columns) = ((rows + 1) / 2, (columns + 1) / 2);
        return (rows, columns);
    }

    /// <summary>The U-Net and what makes one logit a pixel of its features.</summary>
    private sealed class Attention : Module
    {
        private readonly Options options;
        private readonly UNet network;
        private readonly Conv2d output;

        public Attention(Options options, Generator? random)
        {
            this.options = options;
            network = Child("", new UNet(AttentionSize(options), channels => new InstanceNorm2d(channels, affine: true), AttentionNames, random));
            output = Child("output", new Conv2d(options.AttentionFilters, 1, kernel: 1, random: random));
        }

        public UNet.Kernels Prepare() => network.Prepare();

        public Tensor Forward(Tensor input, UNet.Kernels kernels)
        {
            using var features = network.Forward(input, kernels);
            return output.Forward(features);
        }

        public double ForwardOperations(int batch) =>
            network.ForwardOperations(batch) + 2.0 * batch * options.Height * options.Width * options.AttentionFilters;
    }
}
