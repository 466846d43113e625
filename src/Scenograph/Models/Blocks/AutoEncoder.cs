using System.ComponentModel.DataAnnotations;
using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>
/// Encoder and decoder of a picture of one thing, perceptrons or convolutions. What the code is, Gaussian or categorical, is for the model
/// to say: <see cref="Encode"/> gives its parameters. Borea 2021 (StrImaDec), modules VAE and CNN_VAE.
/// </summary>
public sealed class AutoEncoder : Module
{
    /// <summary>How the decoder's last numbers become pixels.</summary>
    public enum Output
    {
        /// <summary>As they are; they may leave [0, 1].</summary>
        Linear,

        /// <summary>Their absolute values, as AIR and DAIR have it.</summary>
        Absolute,

        /// <summary>Sigmoid, for Bernoulli pixels.</summary>
        Sigmoid,
    }

    /// <summary>Convolutions in place of perceptrons.</summary>
    public sealed record Convolutions
    {
        /// <summary>Number of layers.</summary>
        [Range(1, 8)]
        public int Layers { get; init; } = 3;

        /// <summary>Channels of the first two layers.</summary>
        [Range(1, 4096)]
        public int Filters { get; init; } = 32;

        /// <summary>Layer i has min(i, this) times as many, counted from the second as 1.</summary>
        [Range(1, 64)]
        public int LargestMultiple { get; init; } = 2;
    }

    /// <param name="Channels">C</param>
    /// <param name="Height">H</param>
    /// <param name="Width">W</param>
    /// <param name="CodeSize">L, length of the vector that is decoded.</param>
    /// <param name="CodeParameters">Numbers that the encoder gives: L, or 2L for a Gaussian.</param>
    /// <param name="EncoderHidden">Widths of the encoder's hidden layers.</param>
    /// <param name="DecoderHidden">Widths of the decoder's hidden layers, where it is a perceptron.</param>
    /// <param name="Output">How the decoder ends.</param>
    /// <param name="EncoderConvolutions">In front of the encoder's hidden layers; null: none.</param>
    /// <param name="DecoderConvolutions">Behind a spatial broadcast, in place of the decoder's hidden layers; null: none.</param>
    public sealed record Options(int Channels, int Height, int Width, int CodeSize, int CodeParameters, IReadOnlyList<int> EncoderHidden, IReadOnlyList<int> DecoderHidden,
        Output Output = Output.Linear, Convolutions? EncoderConvolutions = null, Convolutions? DecoderConvolutions = null)
    {
        internal int Pixels => Channels * Height * Width;
    }

    private const double Tiny = 1e-32;

    private readonly Options options;
    private readonly Sequential encoder;
    private readonly Sequential? decoder;
    private readonly BroadcastDecoder? painter;

    /// <param name="options">Sizes.</param>
    /// <param name="random">Source of the starting values.</param>
    public AutoEncoder(Options options, Generator? random = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        encoder = Child("encoder", options.EncoderConvolutions is { } reading ? ConvolutionalEncoder(options, reading, random)
            : Perceptron([options.Pixels, .. options.EncoderHidden, options.CodeParameters], flatten: true, random));
        if (options.DecoderConvolutions is not { } painting)
        {
            decoder = Child("decoder", Perceptron([options.CodeSize, .. options.DecoderHidden, options.Pixels], flatten: false, random));
            return;
        }

        painter = Child("decoder", new BroadcastDecoder(new(options.CodeSize, options.Height, options.Width,
            [.. Enumerable.Range(0, painting.Layers).Select(layer => FiltersOf(painting, layer))], options.Channels), random: random));
    }

    /// <param name="images">[B, C, H, W]</param>
    /// <returns>[B, P], the code's parameters.</returns>
    public Tensor Encode(Tensor images) => encoder.Forward(images).To(images.DType);

    /// <param name="codes">[B, L] or [B, M, L]</param>
    /// <returns>[B, C, H, W] or [B, M, C, H, W]</returns>
    public Tensor Decode(Tensor codes)
    {
        ArgumentNullException.ThrowIfNull(codes);
        using var scope = TensorScope.Begin();
        var flat = codes.Reshape([-1, options.CodeSize]);
        var x = decoder is null ? painter!.Forward(flat) : decoder.Forward(flat);
        x = options.Output switch
        {
            Output.Sigmoid => x.To(codes.DType).Sigmoid(),
            Output.Absolute => (x.To(codes.DType) + Tiny).Abs(),
            _ => x.To(codes.DType),
        };
        return scope.Keep(x.Reshape([.. codes.Shape[..^1], options.Channels, options.Height, options.Width]));
    }

    /// <summary>What the L unit vectors are decoded to.</summary>
    /// <returns>[L, C, H, W]</returns>
    public Tensor Prototypes()
    {
        using var scope = TensorScope.Begin();
        var parameter = Parameters()[0];
        return scope.Keep(Decode(Operators.Eye(options.CodeSize, parameter.DType, device: parameter.Device)));
    }

    /// <summary>Linear layers with ReLU between them.</summary>
    /// <param name="sizes">Inputs, hidden layers, outputs.</param>
    /// <param name="flatten">Make a vector of each picture first; the layers' names then begin at 1.</param>
    /// <param name="random">Source of the starting values.</param>
    public static Sequential Perceptron(IReadOnlyList<int> sizes, bool flatten, Generator? random)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        var layers = new List<Layer>();
        if (flatten) layers.Add(new Flatten());
        AddLinear(layers, sizes, random);
        return new Sequential([.. layers]);
    }

    /// <summary>Floating-point operations of encoding and decoding a picture, where both are perceptrons; else null.</summary>
    public double? ForwardOperations()
    {
        if (options.EncoderConvolutions is not null || options.DecoderConvolutions is not null) return null;
        return Operations([options.Pixels, .. options.EncoderHidden, options.CodeParameters]) + Operations([options.CodeSize, .. options.DecoderHidden, options.Pixels]);
    }

    /// <summary>Floating-point operations of a perceptron on one vector.</summary>
    public static double Operations(IReadOnlyList<int> sizes) => Enumerable.Range(1, sizes.Count - 1).Sum(i => 2.0 * sizes[i - 1] * sizes[i]);

    private static void AddLinear(List<Layer> layers, IReadOnlyList<int> sizes, Generator? random)
    {
        for (var i = 1; i < sizes.Count; i++)
        {
            layers.Add(new Linear(sizes[i - 1], sizes[i], random: random));
            if (i < sizes.Count - 1) layers.Add(Activation.ReluInPlace());
        }
    }

    private static int FiltersOf(Convolutions shape, int layer) => layer == 0 ? shape.Filters : shape.Filters * Math.Min(layer, shape.LargestMultiple);

    private static Sequential ConvolutionalEncoder(Options options, Convolutions shape, Generator? random)
    {
        var step = 1 << shape.Layers;
        if (options.Height % step != 0 || options.Width % step != 0)
        {
            throw new InputException($"{shape.Layers} convolutions halve images of {options.Height}x{options.Width} that often; set encoder_convolutions.layers "
                + $"so that 2 to its power divides both, or give the data spec a size that {step} divides");
        }

        var layers = new List<Layer>();
        var inputs = options.Channels;
        for (var i = 0; i < shape.Layers; i++)
        {
            layers.Add(new Conv2d(inputs, FiltersOf(shape, i), kernel: 3, stride: 2, padding: 1, random: random));
            layers.Add(Activation.ReluInPlace());
            inputs = FiltersOf(shape, i);
        }

        layers.Add(new Flatten());
        AddLinear(layers, [inputs * (options.Height / step) * (options.Width / step), .. options.EncoderHidden, options.CodeParameters], random);
        return new Sequential([.. layers]);
    }
}
