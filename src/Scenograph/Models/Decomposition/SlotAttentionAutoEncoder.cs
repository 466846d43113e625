using System.ComponentModel.DataAnnotations;
using Scenograph.Models.Blocks;
using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>
/// The Slot Attention auto-encoder: a CNN reads the image, <see cref="SlotAttention"/> finds K slots in its features, a spatial
/// broadcast decoder paints each slot's colours and mask, softmax over the slots mixes them. Loss: squared error.
/// Locatello et al. 2020, arXiv 2006.15055, figure 1. The defaults are those of the ClevrTex benchmark (Karazija et al. 2021).
/// </summary>
public sealed class SlotAttentionAutoEncoder : DecompositionModel, ILatentComponents
{
    /// <summary>What the layer norm behind the encoder normalises over.</summary>
    public enum Norm
    {
        /// <summary>The whole feature map [D, H, W], as in the benchmark: binds the model to its resolution.</summary>
        Map,

        /// <summary>The channels of each position, as in Google's code.</summary>
        Channels,
    }

    /// <summary>How the squared error is summed up.</summary>
    public enum Loss
    {
        /// <summary>Summed over channels and pixels, mean over the batch: the benchmark.</summary>
        Sum,

        /// <summary>Mean over everything: Google's code.</summary>
        Mean,
    }

    /// <param name="Channels">Colour channels C of the image.</param>
    /// <param name="Height">Rows H of the image.</param>
    /// <param name="Width">Columns W of the image.</param>
    /// <param name="Slots">K; the largest number of objects and one for the background.</param>
    /// <param name="Iterations">T, rounds of attention.</param>
    /// <param name="Size">D, size of a slot.</param>
    /// <param name="Hidden">Width of the perceptron inside slot attention.</param>
    /// <param name="Filters">Channels of the convolutions in the encoder, and in the decoder where <paramref name="DecoderFilters"/> is not given.</param>
    /// <param name="EncoderStrides">Stride of each encoder convolution; null: [1, 1, 1, 1].</param>
    /// <param name="DecoderStart">Side of the map that a slot is broadcast to.</param>
    /// <param name="DecoderStrides">
    /// Stride of each transposed convolution of the decoder but the last; null: [2, 2, 2, 2, 1]. Their product times <paramref name="DecoderStart"/>
    /// and <paramref name="OutputStride"/> is the side of what the decoder paints, resized bicubically where the image has another.
    /// </param>
    /// <param name="DecoderFilters">Channels of the decoder's transposed convolutions; null: <paramref name="Filters"/>.</param>
    /// <param name="DecoderKernel">Side of their kernels, odd; 1 paints every pixel from its slot and place alone.</param>
    /// <param name="OutputKernel">Side of the last transposed convolution's kernel, odd.</param>
    /// <param name="OutputStride">Stride of the last transposed convolution.</param>
    /// <param name="LayerNorm">What the layer norm behind the encoder normalises over.</param>
    /// <param name="Loss">How the squared error is summed up.</param>
    /// <param name="SignedColours">Work on colours in [−1, 1], as Google's code does; images stay in [0, 1] outside the model.</param>
    /// <param name="Epsilon">Added to the attention before it is normalised over positions.</param>
    /// <param name="ProjectionBias">Whether queries, keys and values have a bias.</param>
    /// <param name="NormEpsilon">Epsilon of all layer norms.</param>
    /// <param name="Start">How the slots start.</param>
    /// <param name="GlorotMean">Start the slots' mean Glorot-uniform, as Google's code does.</param>
    /// <param name="LastIterationGradient">Let gradients flow through the last round of attention only.</param>
    /// <param name="HeInitialisation">
    /// Start convolutions and linear layers so that they keep the variance of what passes through (He et al. 2015), biases 0, and the
    /// picture dark. PyTorch's own start shrinks the signal sixfold a layer, until the biases drown the colours.
    /// </param>
    public sealed record Options(
        [property: Range(1, 4)] int Channels = 3,
        [property: Range(8, 4096)] int Height = 128,
        [property: Range(8, 4096)] int Width = 128,
        [property: Range(1, 256)] int Slots = 11,
        [property: Range(1, 100)] int Iterations = 3,
        [property: Range(1, 4096)] int Size = 64,
        [property: Range(1, 16384)] int Hidden = 128,
        [property: Range(1, 4096)] int Filters = 64,
        int[]? EncoderStrides = null,
        [property: Range(1, 256)] int DecoderStart = 8,
        int[]? DecoderStrides = null,
        [property: Range(1, 4096)] int? DecoderFilters = null,
        [property: Range(1, 15)] int DecoderKernel = 5,
        [property: Range(1, 15)] int OutputKernel = 3,
        [property: Range(1, 8)] int OutputStride = 1,
        Norm LayerNorm = Norm.Map,
        Loss Loss = Loss.Sum,
        bool SignedColours = false,
        [property: Range(0, 1)] double Epsilon = 1e-8,
        bool ProjectionBias = true,
        [property: Range(0, 1)] double NormEpsilon = 1e-5,
        SlotAttention.Start Start = SlotAttention.Start.Gaussian,
        bool GlorotMean = false,
        bool LastIterationGradient = false,
        bool HeInitialisation = false)
    {
        internal int[] EncoderStridesOrDefault => EncoderStrides ?? [1, 1, 1, 1];

        internal int[] DecoderStridesOrDefault => DecoderStrides ?? [2, 2, 2, 2, 1];

        internal int DecoderFiltersOrDefault => DecoderFilters ?? Filters;
    }

    private readonly Options options;
    private readonly Sequential encoder, decoder;
    private readonly SoftPositionEmbedding encoderPosition, decoderPosition;
    private readonly LayerNorm norm;
    private readonly Sequential perceptron;
    private readonly SlotAttention slotAttention;

    /// <param name="options">Sizes and variants.</param>
    /// <param name="random">Source of the starting values.</param>
    public SlotAttentionAutoEncoder(Options options, Generator? random = null)
    {
        if (options.DecoderKernel % 2 == 0) throw new InputException($"model.decoder_kernel is {options.DecoderKernel}; an odd number is expected, so that maps keep their size");
        if (options.OutputKernel % 2 == 0) throw new InputException($"model.output_kernel is {options.OutputKernel}; an odd number is expected, so that maps keep their size");
        this.options = options;
        var (d, filters) = (options.Size, options.Filters);
        var (rows, columns) = FeatureSize(options);

        encoder = Child("encoder_cnn", new Sequential([.. options.EncoderStridesOrDefault.SelectMany((stride, i) => new Layer[]
        {
            new Conv2d(i == 0 ? options.Channels : filters, i == options.EncoderStridesOrDefault.Length - 1 ? d : filters, kernel: 5, stride, padding: 2, random: random),
            Activation.ReluInPlace(),
        })]));
        decoder = Child("decoder_cnn", new Sequential(
        [
            .. options.DecoderStridesOrDefault.SelectMany((stride, i) => new Layer[]
            {
                Transposed(i == 0 ? d : options.DecoderFiltersOrDefault, options.DecoderFiltersOrDefault, options.DecoderKernel, stride, random),
                Activation.ReluInPlace(),
            }),
            Transposed(options.DecoderFiltersOrDefault, options.Channels + 1, options.OutputKernel, options.OutputStride, random),
        ]));
        encoderPosition = Child("encoder_pos", new SoftPositionEmbedding(rows, columns, d, random));
        decoderPosition = Child("decoder_pos", new SoftPositionEmbedding(options.DecoderStart, options.DecoderStart, d, random));
        norm = Child("layer_norm", new LayerNorm(options.LayerNorm == Norm.Map ? [d, rows, columns] : [d], options.NormEpsilon));
        perceptron = Child("mlp", new Sequential(new Conv2d(d, d, kernel: 1, random: random), Activation.ReluInPlace(), new Conv2d(d, d, kernel: 1, random: random)));
        slotAttention = Child("slot_attention", new SlotAttention(new(options.Slots, options.Iterations, d, options.Hidden, options.Epsilon,
            options.ProjectionBias, options.NormEpsilon, options.Start, options.GlorotMean, options.LastIterationGradient), random));
        if (options.HeInitialisation) KeepVariance(random);
    }

    /// <inheritdoc/>
    public override string Name => "slot-attention";

    /// <inheritdoc/>
    public override (int Channels, int Height, int Width) ImageSize => (options.Channels, options.Height, options.Width);

    /// <inheritdoc/>
    public override int Components => options.Slots;

    /// <inheritdoc/>
    public override Objective Objective(Batch batch, long step, NoiseSource noise)
    {
        using var scope = TensorScope.Begin();
        var images = ToModel(batch.Images);
        var output = Forward(images, noise);
        var error = output.Reconstruction.SquaredDifference(images);
        var loss = options.Loss == Loss.Mean ? error.Mean() : error.Sum() / batch.Images.Size(0);
        return new(scope.Keep(loss), [("reconstruction", loss)]);
    }

    /// <summary>A slot of its own learned start has no other to stand in for it.</summary>
    public override bool TakesAnyNumberOfComponents => options.Start != SlotAttention.Start.Learned;

    /// <inheritdoc/>
    public string LatentName => "slots";

    /// <inheritdoc/>
    public override Decomposition Decompose(Tensor images, NoiseSource noise, int? components = null)
    {
        using var scope = TensorScope.Begin();
        var output = Forward(ToModel(images), noise, components);
        return Decomposition(scope, output.Slots, output.Components, output.Masks, output.Reconstruction);
    }

    /// <inheritdoc/>
    public Decomposition Decode(Tensor latents)
    {
        using var scope = TensorScope.Begin();
        var (components, masks, reconstruction) = Paint(latents);
        return Decomposition(scope, latents, components, masks, reconstruction);
    }

    private Decomposition Decomposition(TensorScope scope, Tensor slots, Tensor components, Tensor masks, Tensor reconstruction) =>
        new(scope.Keep(FromModel(reconstruction)), scope.Keep(FromModel(components)), scope.Keep(masks),
            new Dictionary<string, Tensor> { [LatentName] = scope.Keep(slots) });

    /// <summary>One pass: what the objective and a decomposition are made of.</summary>
    /// <param name="Features">[B, N, D], what the slots compete for.</param>
    /// <param name="Slots">[B, K, D]</param>
    /// <param name="Components">[B, K, C, H, W]</param>
    /// <param name="Masks">[B, K, 1, H, W], sums to 1 over K.</param>
    /// <param name="Reconstruction">[B, C, H, W], the components mixed by the masks.</param>
    public sealed record Output(Tensor Features, Tensor Slots, Tensor Components, Tensor Masks, Tensor Reconstruction);

    /// <param name="images">[B, C, H, W]</param>
    /// <param name="noise">One normal draw, [B, K, D].</param>
    /// <param name="components">K, if not that of the options.</param>
    public Output Forward(Tensor images, NoiseSource noise, int? components = null)
    {
        using var scope = TensorScope.Begin();
        var features = Encode(images);                                             // [B, N, D]
        var (slots, _) = slotAttention.Forward(features, noise, components);       // [B, K, D]
        var (patches, masks, reconstruction) = Paint(slots);
        return new(scope.Keep(features), scope.Keep(slots), scope.Keep(patches), scope.Keep(masks), scope.Keep(reconstruction));
    }

    private (Tensor Components, Tensor Masks, Tensor Reconstruction) Paint(Tensor slots)
    {
        using var scope = TensorScope.Begin();
        var (components, logits) = ComponentsAndLogits(slots);                     // [B, K, C, H, W], [B, K, 1, H, W]
        var masks = logits.Softmax(1);
        var reconstruction = (components * masks).Sum([1]);
        return (scope.Keep(components), scope.Keep(masks), scope.Keep(reconstruction));
    }

    private Tensor Encode(Tensor images)
    {
        using var scope = TensorScope.Begin();
        var x = encoder.Forward(images.Contiguous(MemoryFormat.ChannelsLast));     // [B, D, h, w]
        x = encoderPosition.Forward(x);
        x = options.LayerNorm == Norm.Map
            ? norm.Forward(x)
            : norm.Forward(x.Permute([0, 2, 3, 1])).Permute([0, 3, 1, 2]);
        x = perceptron.Forward(x);
        return scope.Keep(x.Permute([0, 2, 3, 1]).Reshape([x.Size(0), -1, options.Size]));
    }

    private (Tensor Components, Tensor Logits) ComponentsAndLogits(Tensor slots)
    {
        using var scope = TensorScope.Begin();
        var (batch, count) = (slots.Size(0), slots.Size(1));
        var x = decoderPosition.Forward(slots.View([batch * count, options.Size, 1, 1])).Contiguous(MemoryFormat.ChannelsLast);
        x = decoder.Forward(x).To(slots.DType);                                    // [B·K, C + 1, h, w]; float32 again after autocast
        if (x.Size(2) != options.Height || x.Size(3) != options.Width)
        {
            x = x.UpsampleBicubic2d([options.Height, options.Width], alignCorners: false);
        }
        x = x.View([batch, count, options.Channels + 1, options.Height, options.Width]);
        return (scope.Keep(x.Narrow(2, 0, options.Channels)), scope.Keep(x.Narrow(2, options.Channels, 1)));
    }

    /// <inheritdoc/>
    public override double? ForwardOperations(int batch)
    {
        double perImage = 0;
        var (rows, columns, inputs) = (options.Height, options.Width, options.Channels);
        foreach (var stride in options.EncoderStridesOrDefault)
        {
            (rows, columns) = ((rows - 1) / stride + 1, (columns - 1) / stride + 1);
            perImage += 2.0 * rows * columns * 25 * inputs * options.Filters;
            inputs = options.Filters;
        }
        double d = options.Size;
        double positions = rows * columns;
        perImage += 2 * positions * d * d * 4;                                                   // two 1×1 convolutions, keys, values
        perImage += options.Iterations * options.Slots * (4 * positions * d + 2 * d * d * 7 + 4 * d * options.Hidden);
        var side = options.DecoderStart;
        inputs = options.Size;
        foreach (var stride in options.DecoderStridesOrDefault)
        {
            // Each input pixel lays down one kernel.
            perImage += options.Slots * 2.0 * side * side * options.DecoderKernel * options.DecoderKernel * inputs * options.DecoderFiltersOrDefault;
            side *= stride;
            inputs = options.DecoderFiltersOrDefault;
        }
        perImage += options.Slots * 2.0 * side * side * options.OutputKernel * options.OutputKernel * inputs * (options.Channels + 1);
        return batch * perImage;
    }

    private Tensor ToModel(Tensor images) => options.SignedColours ? images * 2 - 1 : images;

    private Tensor FromModel(Tensor images) => options.SignedColours ? (images + 1) / 2 : images;

    private void KeepVariance(Generator? random)
    {
        using var _ = GradMode.Off();
        var strides = options.DecoderStridesOrDefault.Append(options.OutputStride).ToArray();
        var last = $"decoder_cnn.{2 * strides.Length - 2}.weight";
        foreach (var (name, value) in NamedParameters())
        {
            if (name.Contains("norm", StringComparison.Ordinal) || name.Contains("slots_", StringComparison.Ordinal) || name.Contains("_pos.", StringComparison.Ordinal)) continue;
            if (value.Dimensions < 2)
            {
                value.Zero_();
                continue;
            }
            var isDecoder = name.StartsWith("decoder_cnn.", StringComparison.Ordinal);
            var feedsRelu = isDecoder || name.StartsWith("encoder_cnn.", StringComparison.Ordinal) || name.EndsWith("mlp.0.weight", StringComparison.Ordinal);
            double fanIn = value.Count / value.Size(0);
            if (isDecoder)
            {
                var stride = strides[int.Parse(name.AsSpan(12, name.IndexOf('.', 12) - 12), System.Globalization.CultureInfo.InvariantCulture) / 2];
                fanIn = value.Count / value.Size(1) / (double)(stride * stride);
            }
            var bound = Math.Sqrt((feedsRelu ? 6 : 3) / fanIn) * (name == last ? 0.1 : 1);
            value.Uniform_(-bound, bound, random);
        }
    }

    /// <summary>A transposed convolution to exactly stride times the size.</summary>
    private static ConvTranspose2d Transposed(int inputs, int outputs, int kernel, int stride, Generator? random) =>
        new(inputs, outputs, kernel, stride, padding: kernel / 2, outputPadding: stride - 1, random: random);

    private static (int Rows, int Columns) FeatureSize(Options options)
    {
        var (rows, columns) = (options.Height, options.Width);
        foreach (var stride in options.EncoderStridesOrDefault) (rows, columns) = ((rows - 1) / stride + 1, (columns - 1) / stride + 1);
        return (rows, columns);
    }
}
