using System.Globalization;
using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>
/// The spatial broadcast decoder: a vector is tiled over a map, coordinates tell its pixels apart, convolutions of stride 1 paint.
/// Watters et al. 2019, arXiv 1901.07017. Its first convolution is a <see cref="BroadcastConv2d"/>. On request the last one is transposed and
/// enlarges what the others painted.
/// </summary>
public sealed class BroadcastDecoder : Layer
{
    /// <param name="Size">D, size of a vector.</param>
    /// <param name="Height">Rows of the picture.</param>
    /// <param name="Width">Columns of the picture.</param>
    /// <param name="Filters">Outputs of the hidden convolutions, at least one.</param>
    /// <param name="Outputs">Outputs of the last convolution, behind which there is no activation.</param>
    /// <param name="Kernel">Side k of the hidden convolutions' kernels.</param>
    /// <param name="Padding">Zeros around the hidden convolutions' maps; k/2 keeps sizes. The tiled map is larger than the picture by what is lost.</param>
    /// <param name="OutputKernel">Side of the last convolution's kernel.</param>
    /// <param name="OutputPadding">Zeros around the last convolution's map.</param>
    /// <param name="OutputStride">Above 1, the last convolution is transposed and makes the map so many times larger, which divides height and width.</param>
    /// <param name="ColumnsFirst">Whether the column's coordinate comes before the row's.</param>
    /// <param name="Elu">ELU behind the hidden convolutions; ReLU otherwise.</param>
    /// <param name="AddedMap">
    /// The caller gives a map of D channels, such as a learned projection of coordinates, that is added to the tiled vector; otherwise the
    /// two coordinates, −1 to 1, are channels behind the vector's.
    /// </param>
    public sealed record Options(int Size, int Height, int Width, IReadOnlyList<int> Filters, int Outputs, int Kernel = 3, int Padding = 0,
        int OutputKernel = 1, int OutputPadding = 0, int OutputStride = 1, bool ColumnsFirst = false, bool Elu = false, bool AddedMap = false);

    private readonly Options options;
    private readonly BroadcastConv2d first;
    private readonly Conv2d[] between;
    private readonly Layer last;

    /// <param name="options">Sizes and variants.</param>
    /// <param name="names">Names of the convolutions; null: 0, 2, 4, .. as in a sequence with an activation behind each.</param>
    /// <param name="random">Source of the starting values.</param>
    public BroadcastDecoder(Options options, IReadOnlyList<string>? names = null, Generator? random = null)
    {
        this.options = options;
        var filters = options.Filters;
        string Name(int i) => names?[i] ?? (2 * i).ToString(CultureInfo.InvariantCulture);
        first = Child(Name(0), new BroadcastConv2d(options.Size, options.AddedMap ? 0 : 2, filters[0], options.Kernel, options.Padding, random));
        between = new Conv2d[filters.Count - 1];
        for (var i = 1; i < filters.Count; i++)
        {
            between[i - 1] = Child(Name(i), new Conv2d(filters[i - 1], filters[i], options.Kernel, padding: options.Padding, random: random));
        }
        var (outputs, kernel, padding, stride) = (options.Outputs, options.OutputKernel, options.OutputPadding, options.OutputStride);
        last = Child<Layer>(Name(filters.Count), stride == 1
            ? new Conv2d(filters[^1], outputs, kernel, padding: padding, random: random)
            : new ConvTranspose2d(filters[^1], outputs, kernel, stride, padding, outputPadding: stride - kernel + 2 * padding, random: random));
    }

    /// <summary>Rows and columns of the tiled map: the picture and what the convolutions lose.</summary>
    public (int Height, int Width) MapSize
    {
        get
        {
            var lost = options.Filters.Count * (options.Kernel - 1 - 2 * options.Padding);
            if (options.OutputStride == 1) lost += options.OutputKernel - 1 - 2 * options.OutputPadding;
            return (options.Height / options.OutputStride + lost, options.Width / options.OutputStride + lost);
        }
    }

    /// <param name="input">Vectors [N, D].</param>
    /// <returns>[N, outputs, H, W]; of lower precision under autocast.</returns>
    public override Tensor Forward(Tensor input)
    {
        using var scope = TensorScope.Begin();
        var (height, width) = MapSize;
        return scope.Keep(Forward(input, PositionGrid.Coordinates(height, width, options.ColumnsFirst, input.DType, input.Device)));
    }

    /// <param name="vectors">[N, D]</param>
    /// <param name="map">The same for all vectors: [1, D, H, W] of <see cref="MapSize"/> where it is added, coordinates [1, 2, H, W] otherwise.</param>
    /// <returns>[N, outputs, H, W]; of lower precision under autocast.</returns>
    public Tensor Forward(Tensor vectors, Tensor map) => Rest(first.Forward(vectors, map, Activate));

    /// <param name="vectors">[N, D]</param>
    /// <param name="grid">Coordinates, [1, G, H, W] of <see cref="MapSize"/>.</param>
    /// <param name="projection">From the G coordinates to the D channels of the map that is added to the tiled vector.</param>
    /// <returns>[N, outputs, H, W]; of lower precision under autocast.</returns>
    public Tensor Forward(Tensor vectors, Tensor grid, Linear projection) => Rest(first.Forward(vectors, grid, projection, Activate));

    private Tensor Rest(Tensor x)
    {
        foreach (var convolution in between)
        {
            using var input = x;
            x = Activate(convolution.Forward(input));
        }
        using var painted = x;
        return last.Forward(painted);
    }

    /// <summary>In place: no convolution needs its own output for its gradient.</summary>
    private Tensor Activate(Tensor x) => options.Elu ? x.Elu_() : x.Relu_();

    /// <summary>Floating-point operations of decoding N vectors, by formula.</summary>
    public double ForwardOperations(long count)
    {
        var (height, width) = MapSize;
        double operations = 0;
        for (var i = 0; i < options.Filters.Count; i++)
        {
            var lost = options.Kernel - 1 - 2 * options.Padding;
            (height, width) = (height - lost, width - lost);
            operations += i == 0
                ? first.ForwardOperations(count, height, width)
                : 2.0 * count * height * width * options.Kernel * options.Kernel * options.Filters[i - 1] * options.Filters[i];
        }
        // A transposed convolution lays down one kernel for each of its inputs, another takes one in for each of its outputs.
        var pixels = options.OutputStride > 1 ? height * width : options.Height * options.Width;
        return operations + 2.0 * count * pixels * options.OutputKernel * options.OutputKernel * options.Filters[^1] * options.Outputs;
    }
}
