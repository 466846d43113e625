using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>
/// The first convolution behind a spatial broadcast: of a vector tiled to every pixel of a map, beside (or plus) channels that depend
/// on the place alone and are the same for all vectors. Weight [outputs, size + places, k, k], bias [outputs], as of a
/// <see cref="Conv2d"/> that got the tiled map.
/// </summary>
/// <remarks>
/// The numbers are that convolution's, the work is not: convolution is linear, so the places are convolved once for all vectors, and a
/// tiled vector gives the same number at every pixel that lies equally far outside the zero padding's reach. A map of k × k
/// pixels, padded alike, shows every such kind of pixel: padding rows at the top, one for all between, padding rows at the bottom.
/// </remarks>
public sealed class BroadcastConv2d : Module
{
    private readonly Tensor weight, bias;
    private readonly int size, places, kernel, padding;

    /// <param name="size">D, size of a vector: the weight's first input channels.</param>
    /// <param name="places">Channels of the map behind the vector's; 0: the map has D channels and is added to the tiled vector.</param>
    /// <param name="outputs">Channels of the output.</param>
    /// <param name="kernel">Side k of the square kernel.</param>
    /// <param name="padding">Zeros around the tiled map, less than k.</param>
    /// <param name="random">Source of the starting values.</param>
    public BroadcastConv2d(int size, int places, int outputs, int kernel, int padding = 0, Generator? random = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(padding, kernel);
        (this.size, this.places, this.kernel, this.padding) = (size, places, kernel, padding);
        ReadOnlySpan<long> shape = [outputs, size + places, kernel, kernel];
        weight = Parameter("weight", Initialise.KaimingUniform(shape, random));
        bias = Parameter("bias", Initialise.Uniform([outputs], 1 / Math.Sqrt(Initialise.FanIn(shape)), random));
    }

    /// <param name="vectors">[N, D]</param>
    /// <param name="map">What depends on the place alone: [1, places, H, W], or [1, D, H, W] where it is added. H and W are at least k.</param>
    /// <param name="activation">Applied to the result, which it may overwrite.</param>
    /// <returns>[N, outputs, H', W'] with H' = H + 2·padding − k + 1, channels last in memory.</returns>
    public Tensor Forward(Tensor vectors, Tensor map, Func<Tensor, Tensor> activation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(map.Size(2), map.Size(3)), kernel, nameof(map));
        using var scope = TensorScope.Begin();
        var ofVectors = places == 0 ? weight : weight.Narrow(1, 0, size);
        var ofPlaces = places == 0 ? weight : weight.Narrow(1, size, places);
        return scope.Keep(Add(vectors, ofVectors, Operators.Conv2d(map, ofPlaces, bias, padding: padding), activation));
    }

    /// <summary>For an added map that is a linear projection of coordinates: kernel and projection make one kernel on the few coordinates.</summary>
    /// <param name="vectors">[N, D]</param>
    /// <param name="grid">Coordinates, [1, G, H, W]. H and W are at least k.</param>
    /// <param name="projection">From G to D.</param>
    /// <param name="activation">Applied to the result, which it may overwrite.</param>
    /// <returns>[N, outputs, H', W'] with H' = H + 2·padding − k + 1, channels last in memory.</returns>
    public Tensor Forward(Tensor vectors, Tensor grid, Linear projection, Func<Tensor, Tensor> activation)
    {
        ArgumentNullException.ThrowIfNull(projection);
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(grid.Size(2), grid.Size(3)), kernel, nameof(grid));
        if (places != 0) throw new InvalidOperationException("a projected position is added to the vector, not a channel beside it");
        using var scope = TensorScope.Begin();
        var ofGrid = weight.Permute([0, 2, 3, 1]).MatMul(projection.Weight).Permute([0, 3, 1, 2]);                              // [outputs, G, k, k]
        var moved = projection.Bias is { } constant ? vectors + constant : vectors;
        return scope.Keep(Add(moved, weight, Operators.Conv2d(grid, ofGrid, bias, padding: padding), activation));
    }

    private Tensor Add(Tensor vectors, Tensor ofVectors, Tensor map, Func<Tensor, Tensor> activation)
    {
        using var scope = TensorScope.Begin();
        var n = vectors.Size(0);
        var place = map.Permute([0, 2, 3, 1]);                                                                                   // [1, H', W', outputs]
        var tiled = vectors.View([n, size, 1, 1]).Expand([n, size, kernel, kernel]);
        var kinds = Operators.Conv2d(tiled, ofVectors, null, padding: padding).Permute([0, 2, 3, 1]);                            // [N, 2·padding + 1, 2·padding + 1, outputs]
        // Channels are the last dimension here, not only last in memory, so that what the activation overwrites is no view.
        var sum = padding == 0
            ? kinds + place
            : Stretch(Stretch(kinds, 1, place.Size(1)), 2, place.Size(2)).Add_(place);                                            // [N, H', W', outputs]
        return scope.Keep(activation(sum).Permute([0, 3, 1, 2]));
    }

    /// <summary>Repeats the middle along a dimension until it has a length.</summary>
    private Tensor Stretch(Tensor kinds, int dimension, long length)
    {
        var shape = kinds.Shape.ToArray();
        shape[dimension] = length - 2 * padding;
        return Operators.Cat(
        [
            kinds.Narrow(dimension, 0, padding),
            kinds.Narrow(dimension, padding, 1).Expand(shape),
            kinds.Narrow(dimension, padding + 1, padding),
        ], dimension);
    }

    /// <summary>Floating-point operations of a forward pass on N vectors and a map of H' × W' outputs, by formula.</summary>
    public double ForwardOperations(long count, int rows, int columns)
    {
        double outputs = weight.Size(0), taps = kernel * kernel, kinds = (2 * padding + 1) * (2 * padding + 1);
        var ofPlaces = 2 * taps * (places == 0 ? size : places) * outputs * rows * columns;
        return ofPlaces + count * (2 * taps * size * outputs * kinds + outputs * rows * columns);
    }
}
