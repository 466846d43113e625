using Scenograph.Models.Blocks;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Models.Blocks;

public sealed class UniformDivergenceTests
{
    [Fact]
    public void A_certain_class_costs_the_logarithm_of_their_number_and_equal_logits_nothing()
    {
        using var scope = TensorScope.Begin();

        Close.Equal([Math.Log(3), 0], UniformDivergence.Of(Tensor.From<float>([90, 0, 0, 1, 1, 1], [2, 3])).ToArray<double>(), 1e-5, "KL");
    }

    [Fact]
    public void The_mean_counts_each_by_its_weight()
    {
        using var scope = TensorScope.Begin();
        var certain = Tensor.From<float>([90, 0, 0, 90], [2, 2]);

        Assert.Equal(0, UniformDivergence.OfMean(certain).ToDouble(), 1e-5);
        Assert.Equal(Math.Log(2), UniformDivergence.OfMean(certain, Tensor.From<float>([1, 0], [2])).ToDouble(), 1e-4);
        // Three quarters of one class: ln 2 less the entropy.
        Assert.Equal((0.75 * Math.Log(1.5)) + (0.25 * Math.Log(0.5)), UniformDivergence.OfMean(certain, Tensor.From<float>([3, 1], [2])).ToDouble(), 1e-5);
    }
}
