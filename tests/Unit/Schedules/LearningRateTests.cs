using Scenograph.Torch;
using Scenograph.Training.Schedules;

namespace Scenograph.Tests.Unit.Schedules;

public sealed class LearningRateTests
{
    [Theory]
    [InlineData(null, 0, 1)]
    [InlineData("constant", 1000, 1)]
    [InlineData("warm(10)", 0, 0)]
    [InlineData("warm(10)", 5, 0.5)]
    [InlineData("warm(10)", 10, 1)]
    [InlineData("warm(0)", 0, 1)]
    [InlineData("decay(10, 100)", 5, 0.48296816446242274)]
    [InlineData("decay(10,100)", 100, 0.5)]
    [InlineData("decay(0,100,0.1)", 200, 0.01)]
    [InlineData("cosine(10,110)", 5, 0.5)]
    [InlineData("cosine(10,110)", 10, 1)]
    [InlineData("cosine(10,110)", 60, 0.5)]
    [InlineData("cosine(10,110)", 110, 0)]
    [InlineData("cosine(10,110)", 5000, 0)]
    public void The_multiplier_is_a_function_of_the_step(string? text, long step, double multiplier) =>
        Assert.Equal(multiplier, LearningRateText.Parse(text).Schedule.Multiplier(step), 1e-12);

    [Theory]
    [InlineData("decay")]
    [InlineData("decay(1)")]
    [InlineData("decay(1,0)")]
    [InlineData("decay(1,2,0)")]
    [InlineData("decay(1,2,nan)")]
    [InlineData("warm(-1)")]
    [InlineData("warm(5")]
    [InlineData("cosine(10,10)")]
    [InlineData("plateau(3)")]
    [InlineData("Warm(5)")]
    public void An_unknown_text_is_refused_instead_of_meaning_a_constant_rate(string text) =>
        Assert.Contains(text, Assert.Throws<InputException>(() => LearningRateText.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Plateau_reduces_at_the_fourth_check_without_improvement_and_not_below_the_minimum()
    {
        // What ReduceLROnPlateau of PyTorch 1.13 does with factor 0.1, patience 3, threshold 1e-4, min_lr 5e-5 on two groups.
        double[] metrics = [100, 90, 80, 79.99999, 80, 81, 82, 83, 84, 70, 71, 72, 73, 74, 75, 76];
        var options = LearningRateText.Parse("plateau").Plateau!;
        var state = new PlateauState();
        IReadOnlyList<double> rates = [1e-4, 1e-3];
        var changes = new List<int>();
        for (var i = 0; i < metrics.Length; i++)
        {
            var before = rates;
            (state, rates) = Plateau.Check(options, state, metrics[i], rates);
            if (!before.SequenceEqual(rates))
            {
                changes.Add(i);
            }
        }

        Assert.Equal([6, 13], changes);
        Assert.Equal([5e-5, 5e-5], rates);
        Assert.Equal(new PlateauState(70, 2), state);
    }

    [Fact]
    public void Plateau_waits_out_its_cooldown_and_takes_NaN_for_a_bad_check()
    {
        var options = new PlateauOptions(HigherIsBetter: true, Factor: 0.5, Patience: 0, MinimumRate: 0, Cooldown: 2);
        var state = new PlateauState();
        IReadOnlyList<double> rates = [1];
        var history = new List<double>();
        foreach (var metric in new[] { 5, double.NaN, 4, 4, 4, 6, 6.0001 })
        {
            (state, rates) = Plateau.Check(options, state, metric, rates);
            history.Add(rates[0]);
        }

        Assert.Equal([1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25], history);
    }

    [Fact]
    public void Annealing_is_exact_at_both_ends()
    {
        var annealing = new LinearAnnealing(4000, 10_000, 0.1, 0.01);

        float[] values = [.. Array.ConvertAll<long, float>([0, 4000, 7000, 10_000, 1_000_000], annealing.ValueAt)];
        Assert.Equal([0.1f, 0.1f, 0.055f, 0.01f, 0.01f], values);
    }
}
