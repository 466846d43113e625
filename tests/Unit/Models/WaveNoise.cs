using Scenograph.Models;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Models;

/// <summary>
/// Numbers by a formula, others at each draw and the same in every element type. With an order, the draws of an image's components, which are
/// [B, K, D] or [B·K, D], stand in that order.
/// </summary>
/// <param name="order">Permutation of K components; null: none.</param>
/// <param name="broken">Number of the normal draw that is NaN, from 1; 0: none.</param>
internal sealed class WaveNoise(int[]? order = null, int broken = 0) : NoiseSource
{
    private int draws;

    public override Tensor Normal(ReadOnlySpan<long> shape, Tensor like)
    {
        using var scope = TensorScope.Begin();
        draws++;
        var values = Waves.Of(shape, amplitude: 1.2, frequency: 1.9, phase: draws);
        if (draws == broken) values = values * double.NaN;
        if (order is not null) values = values.Reshape([-1, order.Length, shape[^1]]).IndexSelect(1, Tensor.From<long>([.. order.Select(i => (long)i)], [order.Length])).Reshape(shape);
        return scope.Keep(values.To(like.DType));
    }

    public override Tensor Uniform(ReadOnlySpan<long> shape, Tensor like) => Waves.Of(shape, 0.5, 0.37, offset: 0.5).To(like.DType);
}
