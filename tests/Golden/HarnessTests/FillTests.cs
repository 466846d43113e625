using Scenograph.Tests.Golden.Harness;

namespace Scenograph.Tests.Golden.HarnessTests;

/// <summary>Values computed once by the formula of fill.py in another language.</summary>
public sealed class FillTests
{
    [Theory]
    [InlineData(0, 0.8939125537872314, 0.9104453921318054)]
    [InlineData(7, 0.5793898701667786, 0.383964478969574)]
    [InlineData(-3, 0.4034637212753296, 0.7806345224380493)]
    [InlineData(123456789012, 0.6457818150520325, 0.9587303996086121)]
    public void Uniform_follows_from_name_and_seed(long seed, double first, double second) =>
        Assert.Equal([first, second], Fill.Uniform("input:image", [2], seed).Values);

    [Fact]
    public void Parameters_follow_from_name_and_rank()
    {
        Assert.Equal(
            [-0.058071527630090714, 0.24963392317295074, -0.010665849782526493],
            Fill.Parameter("encoder.0.weight", [4, 3, 2], 5).Values.Take(3));
        Assert.Equal([1.062589168548584, 1.0507104396820068], Fill.Parameter("norm.weight", [2], 0).Values);
        Assert.Equal([0.0253438837826252, -0.07467075437307358], Fill.Parameter("norm.bias", [2], 0).Values);
        Assert.Equal([1.4337925910949707, 1.2099064588546753], Fill.Parameter("bn.running_var", [2], 0).Values);
        Assert.Equal([0], Fill.Parameter("bn.num_batches_tracked", [], 0).Values);
    }
}
