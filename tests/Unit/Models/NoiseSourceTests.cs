using Scenograph.Models;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Models;

public sealed class NoiseSourceTests
{
    [Fact]
    public void Classes_come_as_often_as_their_probabilities_say()
    {
        using var scope = TensorScope.Begin();
        using var noise = NoiseSource.Seeded(4);
        float[] probabilities = [0.1f, 0.6f, 0.25f, 0.05f];
        const int Draws = 100_000;

        var drawn = noise.Categorical(Tensor.From(probabilities, [4]).Log().Expand([Draws, 4])).Sum([0]).ToArray<float>();

        Assert.Equal(Draws, drawn.Sum());
        Assert.All(Enumerable.Range(0, 4), k => Assert.Equal(probabilities[k], drawn[k] / Draws, 4 * Math.Sqrt(0.25 / Draws)));
    }

    [Fact]
    public void The_middle_of_a_categorical_distribution_is_its_likeliest_class()
    {
        using var scope = TensorScope.Begin();

        Assert.Equal([0f, 1, 0, 1, 0, 0], NoiseSource.Mean.Categorical(Tensor.From([0f, 3, 1, 5, 2, 4], [2, 3])).ToArray<float>());
    }

    [Fact]
    public void One_class_is_always_drawn()
    {
        using var scope = TensorScope.Begin();
        using var noise = NoiseSource.Seeded(4);

        Assert.Equal([1f, 1], noise.Categorical(Tensor.From([1e30f, -1e30f], [2, 1])).ToArray<float>());
    }

    [Fact]
    public void Bernoulli_draws_are_0_or_1_as_often_as_asked()
    {
        using var scope = TensorScope.Begin();
        using var noise = NoiseSource.Seeded(4);

        var drawn = noise.Bernoulli(Operators.Full([100_000], 0.3, dtype: DType.Float32)).ToArray<float>();

        Assert.All(drawn, value => Assert.True(value is 0 or 1));
        Assert.Equal(0.3, drawn.Average(), 4 * Math.Sqrt(0.21 / drawn.Length));
        Assert.Equal([0f, 1], NoiseSource.Mean.Bernoulli(Tensor.From([0.4f, 0.6f], [2])).ToArray<float>());
    }
}
