using Scenograph.Models.Blocks;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Models.Blocks;

public sealed class GecoControllerTests
{
    private static GecoController Create() => new(new(Goal: 10, Step: 0.01));

    private static void Feed(GecoController controller, params ReadOnlySpan<double> errors)
    {
        foreach (var error in errors)
        {
            using var tensor = Tensor.FromScalar(error);
            controller.Update(tensor);
        }
    }

    [Fact]
    public void The_weight_falls_above_the_goal_and_rises_ten_times_as_fast_below_it()
    {
        using var scope = TensorScope.Begin();
        using var above = Create();
        using var below = Create();

        Feed(above, 12);
        Feed(below, 8);

        Close.Equal([Math.Exp(-0.02)], above.Beta, 1e-6, "above");
        Close.Equal([Math.Exp(0.2)], below.Beta, 1e-6, "below");
    }

    [Fact]
    public void The_first_error_is_the_average_and_later_ones_count_for_a_hundredth()
    {
        using var scope = TensorScope.Begin();
        using var controller = Create();

        Feed(controller, 12, 2);

        Close.Equal([0.99 * 12 + 0.01 * 2], controller.MeanError, 1e-6, "average");
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void An_error_that_is_not_finite_changes_nothing(double broken)
    {
        using var scope = TensorScope.Begin();
        using var controller = Create();
        Feed(controller, 12);
        var (beta, mean) = (controller.Beta.ToDouble(), controller.MeanError.ToDouble());

        Feed(controller, broken);

        Assert.Equal((beta, mean), (controller.Beta.ToDouble(), controller.MeanError.ToDouble()));
    }

    [Fact]
    public void The_weight_stays_within_its_bounds()
    {
        using var scope = TensorScope.Begin();
        using var above = new GecoController(new(Goal: 0, Step: 1, Minimum: 0.5));
        using var below = new GecoController(new(Goal: 1000, Step: 1, Maximum: 4));

        Feed(above, 1e6);
        Feed(below, 0);

        Assert.Equal(0.5, above.Beta.ToDouble());
        Assert.Equal(4, below.Beta.ToDouble());
    }

    [Fact]
    public void Before_the_first_error_there_is_no_average()
    {
        using var controller = Create();
        Assert.True(double.IsNaN(controller.MeanError.ToDouble()));
    }
}
