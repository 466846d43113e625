using Scenograph.Models.Blocks;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Models.Blocks;

public sealed class SpatialSamplerTests
{
    private static Tensor Pictures => Waves.Of([2, 3, 5, 8], amplitude: 0.5, frequency: 0.37, offset: 0.5).To(DType.Float32);

    private static Tensor Repeated(float[] theta) => Tensor.From(theta, [1, 2, theta.Length / 2]).Expand([2, -1, -1]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_identity_of_any_degree_changes_nothing(int degree)
    {
        using var scope = TensorScope.Begin();
        using var sampler = new SpatialSampler(5, 8, degree);

        var moved = sampler.Forward(Pictures, Repeated(LocalisationNet.Identity(degree)));

        Assert.Equal(0, (moved - Pictures).Abs().Max().ToDouble(), 1e-5);
    }

    [Fact]
    public void Numbers_of_higher_degree_follow_the_affine_ones()
    {
        using var scope = TensorScope.Begin();
        using var affine = new SpatialSampler(4, 6);
        using var cubic = new SpatialSampler(4, 6, degree: 3);
        float[] numbers = [0.8f, 0.1f, -0.2f, 0.3f, 1.1f, 0.05f];

        var moved = cubic.Forward(Pictures, Repeated([.. numbers[..3], 0, 0, 0, 0, 0, 0, 0, .. numbers[3..], 0, 0, 0, 0, 0, 0, 0]));

        Assert.Equal(0, (moved - affine.Forward(Pictures, Repeated(numbers))).Abs().Max().ToDouble(), 1e-5);
    }

    [Fact]
    public void Monomials_stand_by_degree_with_powers_of_X_falling()
    {
        using var scope = TensorScope.Begin();
        using var sampler = new SpatialSampler(3, 4, degree: 2);
        // A picture that is X: what is read is where it was read.
        var picture = Operators.Linspace(-0.75, 0.75, 4).View([1, 1, 1, 4]).Expand([1, 1, 3, 4]).Contiguous();

        var moved = sampler.Forward(picture, Tensor.From<float>([0.5f, 0, 0, 0.1f, 0.2f, 0.3f, 0, 1, 0, 0, 0, 0], [1, 2, 6])).ToArray<float>();

        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < 4; column++)
            {
                var (x, y) = ((2.0 * column - 3) / 4, (2.0 * row - 2) / 3);
                Assert.Equal(0.5 * x + 0.1 * x * x + 0.2 * x * y + 0.3 * y * y, moved[row * 4 + column], 1e-5);
            }
        }
    }
}
