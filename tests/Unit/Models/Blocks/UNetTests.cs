using Scenograph.Models.Blocks;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Models.Blocks;

public sealed class UNetTests
{
    private static readonly UNet.Names Names = new("down", "up", "conv", "norm");

    private static UNet Create(int height, int width) =>
        Waves.Fill(new UNet(new(2, height, width, [3, 4, 4], [4, 3, 3], Hidden: 6), channels => new InstanceNorm2d(channels, affine: true), Names));

    [Theory]
    [InlineData(32, 32)]
    [InlineData(36, 40)]
    [InlineData(35, 33)]
    public void Convolutions_before_the_doubling_equal_those_behind_it(int height, int width)
    {
        using var scope = TensorScope.Begin();
        using var network = Create(height, width);
        var input = Waves.Of([2, 2, height, width], frequency: 0.7);

        var quick = network.Forward(input);
        Waves.Loss(quick).Backward();
        var gradients = network.Parameters().Select(parameter => parameter.Grad!.Clone()).ToList();
        network.ZeroGrad();
        var plain = network.Forward(input, new UNet.Kernels(new (Tensor, Tensor)?[3]));
        Waves.Loss(plain).Backward();

        Close.Equal(plain, quick, 1e-9, "output");
        Assert.Equal([2, 3, height, width], quick.Shape.ToArray());
        foreach (var (expected, actual) in network.Parameters().Zip(gradients)) Close.Equal(expected.Grad!, actual, 1e-6, "gradient");
    }

    [Fact]
    public void Kernels_prepared_once_serve_several_passes()
    {
        using var scope = TensorScope.Begin();
        using var network = Create(32, 32);
        var kernels = network.Prepare();
        var (first, second) = (Waves.Of([1, 2, 32, 32], frequency: 0.7), Waves.Of([1, 2, 32, 32], frequency: 0.5));

        Assert.Contains(kernels.Up, kernel => kernel is not null);
        Close.Equal(network.Forward(first), network.Forward(first, kernels), 1e-12, "first");
        Close.Equal(network.Forward(second), network.Forward(second, kernels), 1e-12, "second");
    }
}
