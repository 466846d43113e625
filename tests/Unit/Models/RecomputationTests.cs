using Scenograph.Models.Blocks;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Models;

public sealed class RecomputationTests
{
    [Fact]
    public void A_known_gradient_is_handed_out_and_flows_on()
    {
        using var scope = TensorScope.Begin();
        var a = Leaf([2.0, 3.0]);
        var b = a * 5;

        var number = KnownGradient.Of(Tensor.FromScalar(7, DType.Float64), [(a, Tensor.From([1.0, 10.0], [2])), (b, Tensor.From([2.0, 0.0], [2]))]);
        (number * 3).Backward();

        Assert.Equal(7, number.ToDouble());
        Assert.Equal([3 * (1 + 5 * 2.0), 3 * 10.0], a.Grad!.ToArray<double>());
    }

    [Fact]
    public void A_known_gradient_that_is_not_finite_leaves_the_value_as_it_is()
    {
        using var scope = TensorScope.Begin();
        var a = Leaf([1.0]);

        var number = KnownGradient.Of(Tensor.FromScalar(7, DType.Float64), [(a, Tensor.From([double.NaN], [1]))]);
        number.Backward();

        Assert.Equal(7, number.ToDouble());
        Assert.True(double.IsNaN(a.Grad!.ToDouble()));
    }

    /// <summary>s_{i+1} = tanh(w s_i + r_i), L_i = (i + 1) Σ s_{i+1}², s_0 = 2 w, r_i drawn anew: a number without a gradient.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_recurrence_has_the_value_and_gradient_of_its_unrolled_sum(int iterations)
    {
        using var scope = TensorScope.Begin();
        var (unrolled, recomputed) = (Leaf([0.3, -0.7]), Leaf([0.3, -0.7]));

        var draws = 0;
        var (state, sum) = (unrolled * 2, Tensor.FromScalar(0, DType.Float64));
        for (var i = 0; i < iterations; i++)
        {
            state = Next(unrolled, state, ++draws);
            sum = sum + Loss(i, state);
        }
        sum.Backward();

        draws = 0;
        var order = new List<int>();
        var (total, kept) = Recomputation.Total(iterations, [recomputed * 2], [recomputed],
            (i, s) =>
            {
                draws++;
                return ([Next(recomputed, s[0], draws)], [Tensor.FromScalar(draws, DType.Float64)]);
            },
            (i, s, remembered) =>
            {
                order.Add(i);
                var next = Next(recomputed, s[0], remembered.Count == 0 ? ++draws : remembered[0].ToDouble());
                return (Loss(i, next), i == iterations - 1 ? [] : [next], [next]);
            });
        total.Backward();

        Assert.Equal(iterations, draws);
        Assert.Equal(Enumerable.Range(0, iterations).Reverse(), order);
        Close.Equal(sum, total, 1e-12, "total");
        Close.Equal(unrolled.Grad!, recomputed.Grad!, 1e-12, "gradient");
        Close.Equal(state, kept[^1][0], 1e-12, "last state");

        static Tensor Next(Tensor w, Tensor s, double draw) => (w * s + 0.1 * draw).Tanh();
        static Tensor Loss(int i, Tensor s) => s.Square().Sum() * (i + 1);
    }

    private static Tensor Leaf(double[] values)
    {
        var leaf = Tensor.From(values, [values.Length]);
        leaf.RequiresGrad = true;
        return leaf;
    }
}
