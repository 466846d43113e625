using Scenograph.Models.Blocks;
using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>
/// Paints a slot: broadcasts it over a grid, adds a projection of the place, and convolves that to colours and a mask's logit. The three
/// shapes of the original: unpadded 3×3 convolutions with ELU as in IODINE, padded 5×5 ones for small images, and transposed ones that
/// grow a 6×6 grid. Names <c>decode.0</c>, <c>decode.2</c>, .. and <c>pos_embed_projection</c>.
/// </summary>
internal sealed class EfficientMorlDecoder : Module
{
    private const int Coordinates = 4;

    private readonly EfficientMorl.Options options;
    private readonly Layer[] layers;
    private readonly Linear projection;
    private readonly int gridHeight, gridWidth;

    /// <exception cref="InputException">The layers do not give pictures of the options' size.</exception>
    public EfficientMorlDecoder(EfficientMorl.Options options, Generator? random)
    {
        this.options = options;
        var (z, outputs) = (options.Size, options.Channels + 1);
        (layers, gridHeight, gridWidth) = options.Decoder == EfficientMorl.Decoder.Big ? Transposed(options, random) : Convolutions(options, random);
        Child("decode", new Sequential(layers)); // for its names: the first layer is computed another way
        projection = Child("pos_embed_projection", new Linear(Coordinates, z, random: random));
    }

    /// <param name="slots">[N, z]</param>
    /// <returns>[N, C + 1, H, W] in the slots' element type: logits of the colours, and last the mask's.</returns>
    public Tensor Forward(Tensor slots)
    {
        using var scope = TensorScope.Begin();
        var grid = PositionGrid.EdgeDistances(gridHeight, gridWidth, slots);       // [1, 4, h, w]
        var x = First(slots, grid);
        foreach (var layer in layers.Skip(1))
        {
            var next = layer.Forward(x);
            if (!ReferenceEquals(next, x)) x.Dispose();
            x = next;
        }
        return scope.Keep(x.To(slots.DType).Contiguous());                          // float32 again after autocast
    }

    private Tensor First(Tensor slots, Tensor grid)
    {
        if (layers[0] is Conv2d { Padding: var padding } convolution) return BroadcastConvolution.Forward(slots, grid, projection, convolution.Weight, convolution.Bias, padding);
        using var scope = TensorScope.Begin();
        var first = (ConvTranspose2d)layers[0];
        if (first.Stride == 1 && Math.Min(gridHeight, gridWidth) >= options.DecoderKernelOrDefault)
        {
            var kernel = first.Weight.Flip([2, 3]).Transpose(0, 1);
            return scope.Keep(BroadcastConvolution.Forward(slots, grid, projection, kernel, first.Bias, options.DecoderKernelOrDefault / 2));
        }
        var places = projection.Forward(grid.Permute([0, 2, 3, 1])).Permute([0, 3, 1, 2]);
        var map = (slots.View([slots.Size(0), slots.Size(1), 1, 1]) + places).Contiguous(MemoryFormat.ChannelsLast);
        return scope.Keep(first.Forward(map));
    }

    private static (Layer[], int, int) Convolutions(EfficientMorl.Options options, Generator? random)
    {
        var (count, kernel, filters) = (options.DecoderLayersOrDefault, options.DecoderKernelOrDefault, options.DecoderFiltersOrDefault);
        var isSmall = options.Decoder == EfficientMorl.Decoder.Small;
        var padding = isSmall ? Math.Min(1, kernel / 2) : 0;
        var outputPadding = isSmall ? options.OutputKernel / 2 : 0;
        var grown = count * (kernel - 1 - 2 * padding) + options.OutputKernel - 1 - 2 * outputPadding;
        Layer[] layers =
        [
            .. Enumerable.Range(0, count).SelectMany(i => new Layer[]
            {
                new Conv2d(i == 0 ? options.Size : filters, filters, kernel, padding: padding, random: random),
                isSmall ? Activation.ReluInPlace() : Activation.EluInPlace(),
            }),
            new Conv2d(filters, options.Channels + 1, options.OutputKernel, padding: outputPadding, random: random),
        ];
        return (layers, options.Height + grown, options.Width + grown);
    }

    private static (Layer[], int, int) Transposed(EfficientMorl.Options options, Generator? random)
    {
        var (strides, kernel, filters) = (options.DecoderStridesOrDefault, options.DecoderKernelOrDefault, options.DecoderFiltersOrDefault);
        var growth = strides.Append(options.OutputStride).Aggregate(1L, (product, stride) => product * stride);
        if (options.Height % growth != 0 || options.Width % growth != 0)
        {
            throw new InputException($"model.decoder=big multiplies its grid by {growth} (the product of model.decoder_strides and model.output_stride), "
                + $"and {options.Height}x{options.Width} (model.height, model.width) is no multiple of that");
        }
        Layer[] layers =
        [
            .. strides.SelectMany((stride, i) => new Layer[]
            {
                Upward(i == 0 ? options.Size : filters, filters, kernel, stride, random),
                Activation.ReluInPlace(),
            }),
            Upward(filters, options.Channels + 1, options.OutputKernel, options.OutputStride, random),
        ];
        return (layers, (int)(options.Height / growth), (int)(options.Width / growth));
    }

    /// <summary>A transposed convolution to exactly stride times the size.</summary>
    private static ConvTranspose2d Upward(int inputs, int outputs, int kernel, int stride, Generator? random) =>
        new(inputs, outputs, kernel, stride, padding: kernel / 2, outputPadding: stride - 1, random: random);

    /// <summary>Multiplications and additions that painting one slot takes; the broadcast layer takes next to none.</summary>
    public double Operations
    {
        get
        {
            double sum = 0, filters = options.DecoderFiltersOrDefault;
            var (height, width) = ((double)gridHeight, (double)gridWidth);
            for (var i = 0; i < layers.Length; i += 2)
            {
                var isLast = i == layers.Length - 1;
                double kernel = isLast ? options.OutputKernel : options.DecoderKernelOrDefault;
                var outputs = isLast ? options.Channels + 1 : filters;
                var inputs = i == 0 ? options.Size : filters;
                if (layers[i] is ConvTranspose2d transposed)
                {
                    if (i > 0 || transposed.Stride > 1) sum += 2 * height * width * kernel * kernel * inputs * outputs; // each input lays down one kernel
                    (height, width) = (height * transposed.Stride, width * transposed.Stride);
                    continue;
                }
                var padding = ((Conv2d)layers[i]).Padding;
                (height, width) = (height + 2 * padding - kernel + 1, width + 2 * padding - kernel + 1);
                if (i > 0) sum += 2 * height * width * kernel * kernel * inputs * outputs;
            }
            return sum;
        }
    }
}
