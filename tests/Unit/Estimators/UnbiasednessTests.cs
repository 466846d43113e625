using Scenograph.Estimators;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Estimators;

/// <summary>The mean of many estimates against the gradient by enumeration.</summary>
public sealed class UnbiasednessTests
{
    private const int Estimates = 200_000;
    private const double StandardErrors = 4;

    private static readonly float[] Class = [0.3f, -1.2f, 0.8f, -0.1f];
    private static readonly float[] Bit = [0.7f];
    private static readonly float[] Bits = [0.7f, -0.4f, -1.5f];

    public static TheoryData<EstimatorKind> ForCategorical => [.. EstimatorZoo.Unbiased.Except([EstimatorKind.Disarm])];

    public static TheoryData<EstimatorKind> ForBernoulli => [.. EstimatorZoo.Unbiased];

    public static TheoryData<EstimatorKind> ForSeveralVariables => [.. EstimatorZoo.Unbiased.Except([EstimatorKind.SumAndSample])];

    [Theory]
    [MemberData(nameof(ForCategorical))]
    public void The_mean_estimate_of_a_categorical_variable_is_its_gradient(EstimatorKind kind) =>
        Check(kind, Tensor.From(Class, [4]), logits => DiscreteLatent.Categorical(logits));

    [Theory]
    [MemberData(nameof(ForBernoulli))]
    public void The_mean_estimate_of_a_Bernoulli_variable_is_its_gradient(EstimatorKind kind) =>
        Check(kind, Tensor.From(Bit, [1]), logits => DiscreteLatent.Bernoulli(logits, variableAxes: 1), loss: z => Loss(Operators.Cat([1 - z, z], -1)), classes: 2, several: false);

    [Theory]
    [MemberData(nameof(ForSeveralVariables))]
    public void The_mean_estimate_of_several_Bernoulli_variables_is_their_gradient(EstimatorKind kind) =>
        Check(kind, Tensor.From(Bits, [3]), logits => DiscreteLatent.Bernoulli(logits, variableAxes: 1), classes: 2);

    [Fact]
    public void The_mean_estimate_of_several_categorical_variables_is_their_gradient() =>
        Check(EstimatorKind.LeaveOneOut, Tensor.From(Class, [2, 2]), logits => DiscreteLatent.Categorical(logits, variableAxes: 1), loss: z => Loss(z.Flatten(-2, -1)));

    [Fact]
    public void The_mean_estimate_of_Vimco_is_the_gradient_of_its_bound()
    {
        using var scope = TensorScope.Begin();
        const int samples = 3;
        var logits = Tensor.From(Class, [1, 4]);
        using var vimco = new Vimco(samples);
        var (mean, error) = MeanGradient(vimco, logits, latent => DiscreteLatent.Categorical(latent), Loss);

        // The bound of S draws is a loss of S independent variables with the same logits.
        var shared = logits.Clone();
        shared.RequiresGrad = true;
        using var exact = new ExactGradient();
        var joint = DiscreteLatent.Categorical(shared.Unsqueeze(1).Expand([1, samples, 4]), variableAxes: 1);
        EstimatorZoo.Estimate(exact, joint, z => -((-Loss(z)).Logsumexp([-1]) - Math.Log(samples))).Sum().Backward();

        AssertWithin(shared.Grad!.ToArray<double>(), mean, error);
    }

    [Fact]
    public void The_relaxed_estimators_say_that_they_are_biased()
    {
        Assert.All(new[] { EstimatorKind.Concrete, EstimatorKind.StraightThrough }, kind =>
        {
            using var estimator = EstimatorZoo.Create(kind, 4);
            Assert.False(estimator.IsUnbiased);
        });
    }

    private static void Check(EstimatorKind kind, Tensor logits, Func<Tensor, DiscreteLatent> make, Func<Tensor, Tensor>? loss = null, int classes = 4, bool several = true)
    {
        using var scope = TensorScope.Begin();
        loss ??= Loss;
        if (!several && kind == EstimatorKind.SumAndSample) (make, loss) = (one => DiscreteLatent.Bernoulli(one.Squeeze(-1)), z => Loss(Operators.Stack([1 - z, z], -1)));
        var one = logits.Unsqueeze(0);
        using var estimator = EstimatorZoo.Create(kind, classes);
        var (mean, error) = MeanGradient(estimator, one, make, loss);

        var leaf = one.Clone();
        leaf.RequiresGrad = true;
        using var exact = new ExactGradient();
        EstimatorZoo.Estimate(exact, make(leaf), loss).Sum().Backward();

        Assert.True(estimator.IsUnbiased);
        AssertWithin(leaf.Grad!.ToArray<double>(), mean, error);
    }

    private static (double[] Mean, double[] Error) MeanGradient(GradientEstimator estimator, Tensor logits, Func<Tensor, DiscreteLatent> make, Func<Tensor, Tensor> loss)
    {
        long[] shape = [Estimates, .. logits.Shape[1..]];
        var leaf = logits.Expand(shape).Clone();
        leaf.RequiresGrad = true;
        var estimate = EstimatorZoo.Estimate(estimator, make(leaf), loss, seed: 11);
        // Estimators whose loss carries the gradient have no surrogate; none of them is tested here.
        estimate.Surrogate!.Sum().Backward();
        var gradient = leaf.Grad!.To(DType.Float64);
        return (gradient.Mean([0]).ToArray<double>(), (gradient.Std([0]) / Math.Sqrt(Estimates)).ToArray<double>());
    }

    private static void AssertWithin(double[] expected, double[] mean, double[] error)
    {
        for (var i = 0; i < expected.Length; i++) Assert.InRange(mean[i], expected[i] - StandardErrors * error[i] - 1e-6, expected[i] + StandardErrors * error[i] + 1e-6);
    }

    /// <summary>Smooth, not linear, different for every value, [.., n] to [..].</summary>
    private static Tensor Loss(Tensor z)
    {
        var place = Operators.Arange(0, z.Size(-1), 1, dtype: z.DType);
        return ((z * (place + 1)).Sum([-1]) - 1.3).Square() + (z * (place * 2.1)).Sin().Sum([-1]) + 3;
    }
}
