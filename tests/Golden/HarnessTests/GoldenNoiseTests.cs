using Scenograph.Tests.Golden.Harness;

namespace Scenograph.Tests.Golden.HarnessTests;

public sealed class GoldenNoiseTests
{
    private static readonly NoiseSection Listed = new()
    {
        Normal = "draws",
        Uniform = "constant",
        Constant = new Dictionary<string, double> { ["uniform"] = 0.5 },
        Draws =
        [
            new() { Name = "a", Shape = [2], Kind = "normal", Rule = "4*u-2", Phase = "train" },
            new() { Name = "b", Shape = [2, 3], Kind = "categorical", Rule = "argmax(p)", Phase = "test", Key = "k" },
        ],
    };

    [Fact]
    public void Draws_come_in_the_order_of_the_list_over_all_kinds()
    {
        var noise = new GoldenNoise(Listed, seed: 0);

        Assert.Equal(Fill.Uniform("input:a", [2], 0).Select(u => 4 * u - 2).Values, noise.Normal(2).Values);
        Assert.Equal([0.5, 0.5], noise.Uniform(2).Values);
        Assert.Equal([2, 0], noise.Categorical(new HostArray([0.1, 0.2, 0.7, 0.4, 0.4, 0.2], 2, 3)).Values);
        Assert.Empty(noise.Remaining);
    }

    [Fact]
    public void A_draw_of_another_shape_kind_or_number_is_refused_by_name()
    {
        var noise = new GoldenNoise(Listed, seed: 0);

        Assert.Contains("[2] (a)", Assert.Throws<InvalidOperationException>(() => noise.Normal(3)).Message, StringComparison.Ordinal);
        Assert.Contains("categorical", Assert.Throws<InvalidOperationException>(() => noise.Normal(2)).Message, StringComparison.Ordinal);
        Assert.Contains("permutation", Assert.Throws<InvalidOperationException>(() => noise.Permutation(2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_phase_starts_anew() =>
        Assert.Equal(["b"], new GoldenNoise(Listed, seed: 0, phase: "test").Remaining.Select(draw => draw.Name));

    [Fact]
    public void Kinds_without_a_list_are_zero_constant_or_the_identity()
    {
        var noise = new GoldenNoise(new NoiseSection
        {
            Normal = "zero",
            Bernoulli = "constant",
            Permutation = "identity",
            Constant = new Dictionary<string, double> { ["bernoulli"] = 0.5 },
        }, seed: 0);

        Assert.Equal([0, 0], noise.Normal(2).Values);
        Assert.Equal([0, 1], noise.Bernoulli(new HostArray([0.5, 0.6], 2)).Values);
        Assert.Equal([0, 1, 2], noise.Permutation(3).Values);
    }
}
