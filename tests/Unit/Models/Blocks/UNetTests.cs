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

    /// <summary>Down blocks 2 → 3 at 32×32, 3 → 4 at 16×16, 4 → 4 at 8×8; perceptron 256 → 6 → 6 → 256; up blocks 4 + 4 → 4, 4 + 4 → 3, 3 + 3 → 3.</summary>
    [Theory]
    [InlineData(false, 32.0 * 9 * 9 * 4 * 3 + 32.0 * 17 * 17 * 3 * 3)]
    [InlineData(true, 18.0 * 256 * 4 * 3 + 18.0 * 1024 * 3 * 3)]
    public void Operations_are_those_that_are_done(bool channelsLast, double doubled)
    {
        using var network = Create(32, 32);
        var down = 18.0 * (1024 * 2 * 3 + 256 * 3 * 4 + 64 * 4 * 4);
        var bottom = 2.0 * (256 * 6 + 6 * 6 + 6 * 256);
        var skips = 18.0 * (64 * 4 * 4 + 256 * 4 * 3 + 1024 * 3 * 3);

        Assert.Equal(2 * (down + bottom + 18.0 * 64 * 4 * 4 + skips + doubled), network.ForwardOperations(2, channelsLast));
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
