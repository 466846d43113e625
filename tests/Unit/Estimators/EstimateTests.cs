using Scenograph.Estimators;
using Scenograph.Models;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Estimators;

// Counts live tensors.
[Collection(ProcessWide.Name)]
public sealed class EstimateTests
{
    private static readonly EstimatorKind[] Controlled = [EstimatorKind.Rebar, EstimatorKind.Relax];

    public static TheoryData<EstimatorKind> WithControlVariate => [.. Controlled];

    public static TheoryData<EstimatorKind> ForCategorical => [.. EstimatorZoo.All.Except([EstimatorKind.Disarm])];

    [Theory]
    [MemberData(nameof(ForCategorical))]
    public void The_mean_has_the_value_of_the_mean_loss_and_trains_the_decoder(EstimatorKind kind)
    {
        using var problem = new Problem(kind);
        var estimate = problem.Estimate();
        var mean = estimate.Mean();
        mean.Backward();

        Assert.Equal(estimate.Loss.Mean().ToDouble(), mean.ToDouble(), 1e-5);
        Assert.All(problem.Decoder.Parameters(), parameter => Assert.NotNull(parameter.Grad));
        Assert.NotNull(problem.Logits.Grad);
    }

    [Theory]
    [MemberData(nameof(WithControlVariate))]
    public void The_variance_trains_the_estimator_alone(EstimatorKind kind)
    {
        using var problem = new Problem(kind);
        problem.Estimate().Tuning!.Backward();

        Assert.All(problem.Estimator.Parameters(), parameter => Assert.NotNull(parameter.Grad));
        Assert.All(problem.Decoder.Parameters(), parameter => Assert.Null(parameter.Grad));
        Assert.Null(problem.Logits.Grad);
    }

    [Theory]
    [MemberData(nameof(WithControlVariate))]
    public void The_surrogate_trains_no_parameter_of_estimator_or_decoder(EstimatorKind kind)
    {
        using var problem = new Problem(kind);
        problem.Estimate().Surrogate!.Sum().Backward();

        Assert.All(problem.Estimator.Parameters(), parameter => Assert.Null(parameter.Grad));
        Assert.All(problem.Decoder.Parameters(), parameter => Assert.Null(parameter.Grad));
        Assert.NotNull(problem.Logits.Grad);
    }

    [Fact]
    public void The_originals_surrogate_trains_the_decoder_too()
    {
        using var problem = new Problem(EstimatorKind.Rebar, new(LossParameters: true));
        problem.Estimate().Surrogate!.Sum().Backward();

        Assert.All(problem.Decoder.Parameters(), parameter => Assert.NotNull(parameter.Grad));
    }

    [Fact]
    public void A_temperature_learns_without_second_derivatives()
    {
        using var problem = new Problem(EstimatorKind.Rebar, new(SecondDerivatives: false));
        problem.Estimate().Tuning!.Backward();

        var temperature = ((Rebar)problem.Estimator).LogTemperature;
        Assert.NotEqual(0, temperature.Grad!.ToDouble());
    }

    [Fact]
    public void The_gradient_of_the_variance_is_that_of_differences()
    {
        const double Step = 1e-5;
        using var problem = new Problem(EstimatorKind.Rebar, dtype: DType.Float64);
        problem.Estimate().Tuning!.Backward();
        var temperature = ((Rebar)problem.Estimator).LogTemperature;
        var gradient = temperature.Grad!.ToDouble();

        double At(double shift)
        {
            using (GradMode.Off()) temperature.Add_(shift);
            var value = problem.Estimate().Tuning!.ToDouble();
            using (GradMode.Off()) temperature.Sub_(shift);
            return value;
        }

        Assert.Equal((At(Step) - At(-Step)) / (2 * Step), gradient, 1e-6);
    }

    [Theory]
    [MemberData(nameof(WithControlVariate))]
    public void Nothing_is_tuned_in_evaluation_mode(EstimatorKind kind)
    {
        using var problem = new Problem(kind);
        problem.Estimator.Eval();

        Assert.Null(problem.Estimate().Tuning);
    }

    [Theory]
    [MemberData(nameof(ForCategorical))]
    public void An_estimate_without_differentiation_is_a_loss(EstimatorKind kind)
    {
        using var problem = new Problem(kind);
        using var _ = GradMode.Off();

        Assert.Equal([6], problem.Estimate().Loss.Shape.ToArray());
    }

    [Theory]
    [MemberData(nameof(ForCategorical))]
    public void The_gradient_alone_is_that_of_the_surrogate(EstimatorKind kind)
    {
        using var problem = new Problem(kind);
        var estimate = problem.Estimate();
        (estimate.Surrogate ?? estimate.Loss).Sum().Backward();

        Close.Equal(problem.Logits.Grad!, problem.Gradient(), 1e-5, kind.ToString());
    }

    [Theory]
    [MemberData(nameof(ForCategorical))]
    public void An_estimate_leaves_no_tensor_behind(EstimatorKind kind)
    {
        using var problem = new Problem(kind);

        Assert.Equal(0, LiveTensors.LeftBy(() =>
        {
            using var scope = TensorScope.Begin();
            problem.Estimate().Mean().Backward();
            problem.Logits.Grad = null;
            problem.Decoder.ZeroGrad();
            problem.Estimator.ZeroGrad();
        }));
    }

    [Fact]
    public void A_baseline_of_its_own_depends_on_the_image_and_the_originals_does_not()
    {
        using var own = new Problem(EstimatorKind.Nvil);
        using var shared = new Problem(EstimatorKind.Nvil, new(BroadcastBaseline: true));

        Assert.Equal([6], own.Estimate().Surrogate!.Shape.ToArray());
        Assert.Equal([6, 6], shared.Estimate().Surrogate!.Shape.ToArray());
    }

    [Fact]
    public void Straight_through_gives_the_loss_a_decision()
    {
        using var problem = new Problem(EstimatorKind.StraightThrough);

        Assert.All(problem.Estimate().Values.ToArray<float>(), value => Assert.True(Math.Min(Math.Abs(value), Math.Abs(value - 1)) < 1e-6));
    }

    [Fact]
    public void Summing_over_all_classes_is_the_exact_gradient()
    {
        using var all = new SumAndSample(4);
        using var exact = new ExactGradient();
        using var logits = Tensor.From([0.1f, 2, -1, 0.3f], [1, 4]);
        using var noise = NoiseSource.Seeded(0);

        Close.Equal(exact.Gradient(DiscreteLatent.Categorical(logits), Loss, noise), all.Gradient(DiscreteLatent.Categorical(logits), Loss, noise), 1e-6, "gradient");

        static Tensor Loss(Tensor z) => (z * Operators.Arange(0, 4, 1, DType.Float32)).Sum([-1]).Square();
    }

    /// <summary>A linear decoder of six images of 5 pixels, 4 classes.</summary>
    private sealed class Problem : IDisposable
    {
        private readonly TensorScope scope = TensorScope.Begin();
        private readonly Tensor images;

        public Problem(EstimatorKind kind, EstimatorOptions? options = null, DType dtype = DType.Float32)
        {
            using var random = new Generator(3);
            Decoder = new Linear(4, 5, random: random);
            Decoder.To(dtype);
            Estimator = EstimatorZoo.Create(kind, 4, options);
            Estimator.To(dtype);
            images = Operators.Rand([6, 5], random).To(dtype);
            Logits = Operators.Randn([6, 4], random).To(dtype);
            Logits.RequiresGrad = true;
        }

        public Linear Decoder { get; }

        public GradientEstimator Estimator { get; }

        public Tensor Logits { get; }

        public Estimate Estimate() => EstimatorZoo.Estimate(Estimator, DiscreteLatent.Categorical(Logits), Loss);

        public Tensor Gradient()
        {
            using var noise = NoiseSource.Seeded(1);
            return Estimator.Gradient(DiscreteLatent.Categorical(Logits), Loss, noise, Operators.Ones([6, 1], Logits.DType));
        }

        private Tensor Loss(Tensor z) => (Decoder.Forward(z).Tanh() - images).Square().Sum([-1]);

        public void Dispose()
        {
            Decoder.Dispose();
            Estimator.Dispose();
            scope.Dispose();
        }
    }
}
