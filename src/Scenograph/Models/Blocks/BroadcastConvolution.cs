using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>
/// The convolution right behind a spatial broadcast with a projected position: what it makes of a vector that stands at every place of a map,
/// plus W_p·(position) + b_p, without ever laying out that map. Exactly equal, since a convolution is linear: the positions' part is one map
/// for all vectors, from as many channels as there are coordinates, and the vector's part is the same wherever the kernel sees the
/// same of the border.
/// </summary>
public static class BroadcastConvolution
{
    /// <param name="vectors">[N, D]</param>
    /// <param name="grid">Coordinates of the map's places, [1, G, H, W]; H and W at least k.</param>
    /// <param name="projection">W_p [D, G] and b_p [D].</param>
    /// <param name="weight">[F, D, k, k]</param>
    /// <param name="bias">[F], or null.</param>
    /// <param name="padding">p, zeros around the map, below k.</param>
    /// <returns>[N, F, H + 2p − k + 1, W + 2p − k + 1], channels last.</returns>
    public static Tensor Forward(Tensor vectors, Tensor grid, Linear projection, Tensor weight, Tensor? bias, int padding)
    {
        ArgumentNullException.ThrowIfNull(projection);
        using var scope = TensorScope.Begin();
        var (n, d, k) = (vectors.Size(0), vectors.Size(1), weight.Size(3));
        var (rows, columns) = (grid.Size(2) + 2 * padding - k + 1, grid.Size(3) + 2 * padding - k + 1);

        var ofGrid = weight.Permute([0, 2, 3, 1]).MatMul(projection.Weight).Permute([0, 3, 1, 2]);            // [F, G, k, k]
        var map = Operators.Conv2d(grid, ofGrid, padding: padding).Contiguous(MemoryFormat.ChannelsLast);      // [1, F, h, w]

        var constant = projection.Bias is { } shift ? vectors + shift : vectors;
        Tensor ofVectors;
        if (padding == 0)
        {
            ofVectors = Operators.Linear(constant, weight.Sum([2, 3]), bias).View([n, -1, 1, 1]);              // the kernel sees the vector k² times
        }
        else
        {
            // The smallest map that has a place of every kind: p rows that miss something above, one that misses nothing, p below.
            var kinds = Operators.Conv2d(constant.View([n, d, 1, 1]).Expand([-1, -1, k, k]), weight, bias, padding: padding);  // [N, F, 2p + 1, 2p + 1]
            ofVectors = Stretch(Stretch(kinds, 2, rows, padding), 3, columns, padding);
        }
        return scope.Keep((map + ofVectors).Contiguous(MemoryFormat.ChannelsLast));
    }

    /// <summary>Repeats the middle one of 2p + 1 rows or columns until there are <paramref name="size"/>.</summary>
    private static Tensor Stretch(Tensor kinds, int dimension, long size, int padding)
    {
        using var scope = TensorScope.Begin();
        long[] shape = [-1, -1, -1, -1];
        shape[dimension] = size - 2 * padding;
        return scope.Keep(Operators.Cat(
            [kinds.Narrow(dimension, 0, padding), kinds.Narrow(dimension, padding, 1).Expand(shape), kinds.Narrow(dimension, padding + 1, padding)], dimension));
    }
}
