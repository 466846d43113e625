using Scenograph.Estimators;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Estimators;

public sealed class BadInputTests
{
    public static TheoryData<EstimatorKind> ForCategorical => [.. EstimatorZoo.All.Except([EstimatorKind.Disarm])];

    public static TheoryData<EstimatorKind> All => [.. EstimatorZoo.All];

    [Theory]
    [MemberData(nameof(ForCategorical))]
    public void A_variable_of_one_class_has_no_gradient(EstimatorKind kind) => Assert.All(GradientOf(kind, [0.5f, -3f], [2, 1]), value => Assert.Equal(0, value, 1e-6));

    [Theory]
    [MemberData(nameof(ForCategorical))]
    public void Equal_logits_give_finite_gradients(EstimatorKind kind) => Assert.All(GradientOf(kind, [2, 2, 2, 2, 2, 2], [2, 3]), value => Assert.True(double.IsFinite(value)));

    [Theory]
    [MemberData(nameof(ForCategorical))]
    public void Logits_of_any_size_give_finite_gradients(EstimatorKind kind) =>
        Assert.All(GradientOf(kind, [1e30f, -1e30f, 0, -1e30f, -1e30f, -1e30f, 1e30f, 1e30f, -1e30f], [3, 3]), value => Assert.True(double.IsFinite(value)));

    [Theory]
    [MemberData(nameof(ForCategorical))]
    public void Clamped_or_not_logits_of_any_size_give_finite_gradients(EstimatorKind kind) =>
        Assert.All(GradientOf(kind, [1e30f, -1e30f, 0, -1e30f, 3, -200], [2, 3], new EstimatorOptions(Clamp: true)), value => Assert.True(double.IsFinite(value)));

    [Theory]
    [MemberData(nameof(All))]
    public void Bernoulli_logits_of_any_size_give_finite_gradients(EstimatorKind kind) =>
        Assert.All(GradientOf(kind, [1e30f, -1e30f, 0, 100], [4], isBernoulli: true), value => Assert.True(double.IsFinite(value)));

    [Theory]
    [InlineData(EstimatorKind.Concrete, 0)]
    [InlineData(EstimatorKind.StraightThrough, 0)]
    [InlineData(EstimatorKind.Rebar, 0)]
    [InlineData(EstimatorKind.Concrete, -1)]
    [InlineData(EstimatorKind.Concrete, double.NaN)]
    public void A_temperature_that_is_not_above_0_is_refused(EstimatorKind kind, double temperature)
    {
        var refusal = Assert.Throws<InputException>(() => EstimatorZoo.Create(kind, 3, new(Temperature: temperature)));

        Assert.Contains("a number above 0 is expected", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_few_samples_are_refused()
    {
        Assert.Contains("at least 2", Assert.Throws<InputException>(() => new LeaveOneOut(1)).Message, StringComparison.Ordinal);
        Assert.Contains("at least 2", Assert.Throws<InputException>(() => new Vimco(1)).Message, StringComparison.Ordinal);
        Assert.Contains("at least 1", Assert.Throws<InputException>(() => new SumAndSample(0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DisArm_refuses_categorical_variables()
    {
        using var estimator = new DisArm();
        using var logits = Operators.Zeros([2, 3]);

        Assert.Contains("Bernoulli", Assert.Throws<InputException>(() => EstimatorZoo.Estimate(estimator, DiscreteLatent.Categorical(logits), z => z.Sum([-1]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_exact_gradient_refuses_to_count_for_ever()
    {
        using var estimator = new ExactGradient();
        using var logits = Operators.Zeros([2, 40]);

        Assert.Contains("another estimator", Assert.Throws<InputException>(() => EstimatorZoo.Estimate(estimator, DiscreteLatent.Bernoulli(logits, 1), z => z.Sum([-1]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_of_another_shape_is_refused()
    {
        using var estimator = new Reinforce();
        using var logits = Operators.Zeros([2, 3]);

        Assert.Contains("one number an item", Assert.Throws<ArgumentException>(() => EstimatorZoo.Estimate(estimator, DiscreteLatent.Categorical(logits), z => z)).Message, StringComparison.Ordinal);
    }

    /// <summary>Gradients of everything: the logits and the estimator's own parameters.</summary>
    private static double[] GradientOf(EstimatorKind kind, float[] values, long[] shape, EstimatorOptions? options = null, bool isBernoulli = false)
    {
        using var scope = TensorScope.Begin();
        var logits = Tensor.From(values, shape);
        logits.RequiresGrad = true;
        using var estimator = EstimatorZoo.Create(kind, isBernoulli ? 2 : (int)shape[^1], options);
        var latent = isBernoulli ? DiscreteLatent.Bernoulli(logits) : DiscreteLatent.Categorical(logits);
        EstimatorZoo.Estimate(estimator, latent, z => isBernoulli ? (z - 0.4).Square() : (z - 0.4).Square().Sum([-1])).Mean().Backward();
        Assert.All(estimator.Parameters(), parameter => Assert.All((parameter.Grad ?? parameter.ZerosLike()).ToArray<double>(), value => Assert.True(double.IsFinite(value))));
        return logits.Grad!.ToArray<double>();
    }
}
