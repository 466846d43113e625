using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>
/// The convolution right behind a spatial broadcast (Watters et al. 2019, arXiv 1901.07017): what it makes of a vector that stands at every
/// place of a map, beside the place's column and row, without ever laying out that map. Equal to the convolution of [z tiled, column, row]
/// up to rounding: a window of equal vectors is the vector times the sum of its kernel, and the places are the same for all vectors.
/// Names <c>weight</c> [F, L + 2, k, k], <c>bias</c> [F].
/// </summary>
public sealed class BroadcastConv2d : Layer
{
    private readonly Tensor weight, bias;
    private readonly int size, kernel, padding, height, width;
    private readonly float[] rowsSeen, columnsSeen;

    /// <param name="size">L, size of a vector.</param>
    /// <param name="outputs">Channels F.</param>
    /// <param name="kernel">Side k of the kernel.</param>
    /// <param name="padding">Zeros around the broadcast map.</param>
    /// <param name="height">Rows of the broadcast map.</param>
    /// <param name="width">Columns of the broadcast map.</param>
    /// <param name="random">Source of the starting values.</param>
    public BroadcastConv2d(int size, int outputs, int kernel, int padding, int height, int width, Generator? random = null)
    {
        (this.size, this.kernel, this.padding, this.height, this.width) = (size, kernel, padding, height, width);
        ReadOnlySpan<long> shape = [outputs, size + 2, kernel, kernel];
        weight = Parameter("weight", Initialise.KaimingUniform(shape, random));
        bias = Parameter("bias", Initialise.Uniform([outputs], 1 / Math.Sqrt(Initialise.FanIn(shape)), random));
        (rowsSeen, columnsSeen) = (Seen(height), Seen(width));
    }

    /// <param name="input">z, [N, L]</param>
    /// <returns>[N, F, H + 2·padding − k + 1, W + 2·padding − k + 1], channels last.</returns>
    public override Tensor Forward(Tensor input)
    {
        using var scope = TensorScope.Begin();
        var (n, outputs, taps) = (input.Size(0), weight.Size(0), kernel * kernel);
        var (rows, columns) = (Outputs(height), Outputs(width));
        var places = Operators.Conv2d(PositionGrid.Centred(height, width, weight), weight.Narrow(1, size, 2), bias, padding: padding)
            .Permute([0, 2, 3, 1]).Reshape([1, rows * columns, outputs]);                               // [1, h·w, F]
        var ofVector = weight.Narrow(1, 0, size);                                                       // [F, L, k, k]
        Tensor output;
        if (padding == 0)
        {
            output = input.MatMul(ofVector.Sum([2, 3]).T()).Unsqueeze(1) + places;                      // [N, h·w, F]
        }
        else
        {
            // Beside a border some taps of the kernel see zeros: every place adds up the taps that it sees.
            var each = input.MatMul(ofVector.Permute([1, 2, 3, 0]).Reshape([size, taps * outputs])).View([n, taps, outputs]);
            var seen = (Grid(rowsSeen, rows).View([rows, 1, kernel, 1]) * Grid(columnsSeen, columns).View([1, columns, 1, kernel])).Reshape([1, rows * columns, taps]);
            output = places.Expand([n, -1, -1]).Baddbmm(seen.Expand([n, -1, -1]), each);
        }
        return scope.Keep(output.View([n, rows, columns, outputs]).Permute([0, 3, 1, 2]));
    }

    /// <summary>Operations of one call for a vector, by formula: the places are not counted, since they are the same for all.</summary>
    public double Operations => 2.0 * weight.Size(0) * (padding == 0 ? size : kernel * kernel * ((double)size + Outputs(height) * Outputs(width)));

    private int Outputs(int side) => side + 2 * padding - kernel + 1;

    /// <summary>Whether output i sees the map through tap t: [outputs, k] of 0 and 1.</summary>
    private float[] Seen(int side) =>
        [.. Enumerable.Range(0, Outputs(side)).SelectMany(i => Enumerable.Range(0, kernel).Select(tap => i + tap - padding is var at && at >= 0 && at < side ? 1f : 0f))];

    private Tensor Grid(float[] seen, long outputs) => Tensor.From(seen, [outputs, kernel]).To(weight.Device, weight.DType);
}
