using Scenograph.Models.Blocks;
using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>
/// Paints a slot: broadcasts it over a grid, adds a projection of the place, and convolves that to colours and a mask's logit. The three
/// shapes of the original: unpadded 3×3 convolutions with ELU as in IODINE, padded 5×5 ones for small images, and transposed ones that
/// grow a small grid. Names <c>decode.0</c>, <c>decode.2</c>, .. and <c>pos_embed_projection</c>.
/// </summary>
internal sealed class EfficientMorlDecoder : Module
{
    private const int Coordinates = 4;

    private readonly EfficientMorl.Options options;
    private readonly BroadcastDecoder? convolutions;
    private readonly Sequential? transposed;
    private readonly Linear projection;
    private readonly int gridHeight, gridWidth;

    /// <exception cref="InputException">The layers do not give pictures of the options' size.</exception>
    public EfficientMorlDecoder(EfficientMorl.Options options, Generator? random)
    {
        this.options = options;
        if (options.Decoder == EfficientMorl.Decoder.Big)
        {
            transposed = Child("decode", Transposed(options, random));
            var growth = Growth(options);
            (gridHeight, gridWidth) = ((int)(options.Height / growth), (int)(options.Width / growth));
        }
        else
        {
            convolutions = Child("decode", new BroadcastDecoder(Convolutions(options), random: random));
            (gridHeight, gridWidth) = convolutions.MapSize;
        }
        projection = Child("pos_embed_projection", new Linear(Coordinates, options.Size, random: random));
    }

    /// <param name="slots">[N, z]</param>
    /// <returns>[N, C + 1, H, W] in the slots' element type: logits of the colours, and last the mask's.</returns>
    public Tensor Forward(Tensor slots)
    {
        using var scope = TensorScope.Begin();
        var grid = PositionGrid.EdgeDistances(gridHeight, gridWidth, slots);       // [1, 4, h, w]
        Tensor painted;
        if (convolutions is not null)
        {
            painted = convolutions.Forward(slots, grid, projection);
        }
        else
        {
            var places = projection.Forward(grid.Permute([0, 2, 3, 1])).Permute([0, 3, 1, 2]);
            var map = slots.View([slots.Size(0), slots.Size(1), 1, 1]) + places;    // [N, z, h, w]
            painted = transposed!.Forward(map.Contiguous(MemoryFormat.ChannelsLast));
        }
        return scope.Keep(painted.To(slots.DType).Contiguous());                    // float32 again after autocast
    }

    private static BroadcastDecoder.Options Convolutions(EfficientMorl.Options options)
    {
        var isSmall = options.Decoder == EfficientMorl.Decoder.Small;
        return new(options.Size, options.Height, options.Width, [.. Enumerable.Repeat(options.DecoderFiltersOrDefault, options.DecoderLayersOrDefault)], options.Channels + 1,
            options.DecoderKernelOrDefault, Padding: isSmall && options.DecoderKernelOrDefault > 1 ? 1 : 0,
            options.OutputKernel, OutputPadding: isSmall ? options.OutputKernel / 2 : 0, Elu: !isSmall, AddedMap: true);
    }

    private static long Growth(EfficientMorl.Options options) => options.DecoderStridesOrDefault.Append(options.OutputStride).Aggregate(1L, (product, stride) => product * stride);

    private static Sequential Transposed(EfficientMorl.Options options, Generator? random)
    {
        var (kernel, filters, growth) = (options.DecoderKernelOrDefault, options.DecoderFiltersOrDefault, Growth(options));
        if (options.Height % growth != 0 || options.Width % growth != 0)
        {
            throw new InputException($"model.decoder=big multiplies its grid by {growth} (the product of model.decoder_strides and model.output_stride), "
                + $"and {options.Height}x{options.Width} (model.height, model.width) is no multiple of that");
        }
        return new(
        [
            .. options.DecoderStridesOrDefault.SelectMany((stride, i) => new Layer[]
            {
                Upward(i == 0 ? options.Size : filters, filters, kernel, stride, random),
                Activation.ReluInPlace(),
            }),
            Upward(filters, options.Channels + 1, options.OutputKernel, options.OutputStride, random),
        ]);
    }

    /// <summary>A transposed convolution to exactly stride times the size.</summary>
    private static ConvTranspose2d Upward(int inputs, int outputs, int kernel, int stride, Generator? random) =>
        new(inputs, outputs, kernel, stride, padding: kernel / 2, outputPadding: stride - 1, random: random);

    /// <summary>Multiplications and additions that painting so many slots takes, by formula.</summary>
    public double ForwardOperations(long count)
    {
        if (convolutions is not null) return convolutions.ForwardOperations(count);
        double sum = 0, places = gridHeight * (double)gridWidth, inputs = options.Size;
        foreach (var stride in options.DecoderStridesOrDefault)
        {
            sum += 2 * places * options.DecoderKernelOrDefault * options.DecoderKernelOrDefault * inputs * options.DecoderFiltersOrDefault; // each input lays down one kernel
            places *= stride * stride;
            inputs = options.DecoderFiltersOrDefault;
        }
        return count * (sum + 2 * places * options.OutputKernel * options.OutputKernel * inputs * (options.Channels + 1));
    }
}
