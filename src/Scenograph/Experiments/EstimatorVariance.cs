using System.ComponentModel.DataAnnotations;
using Scenograph.Estimators;
using Scenograph.Models;
using Scenograph.Torch;

namespace Scenograph.Experiments;

/// <summary>
/// Bias and variance of every estimator on one categorical and one set of Bernoulli variables, against the gradient by enumeration: the table
/// of docs/estimators.md. Trains nothing but the estimators' own parameters.
/// </summary>
public sealed class EstimatorVariance : Experiment
{
    private const string Categorical = "categorical";
    private const string Bernoulli = "bernoulli";

    /// <param name="Estimates">How many are drawn.</param>
    /// <param name="Tuning">Steps in which baselines, temperatures and surrogates learn beforehand.</param>
    /// <param name="Classes">K of the categorical variable.</param>
    /// <param name="Bits">Number of Bernoulli variables.</param>
    /// <param name="Samples">Draws of leave-one-out, classes that sum-and-sample sums over.</param>
    public sealed record Options(
        [property: Range(1000, 10_000_000)] int Estimates = 200_000,
        [property: Range(0, 1_000_000)] int Tuning = 2000,
        [property: Range(2, 1000)] int Classes = 10,
        [property: Range(1, 10)] int Bits = 5,
        [property: Range(2, 1000)] int Samples = 4);

    /// <inheritdoc/>
    public override string Name => "estimator-variance";

    /// <inheritdoc/>
    public override string Description => "Bias and variance of every estimator against the gradient by enumeration: the table of docs/estimators.md.";

    /// <inheritdoc/>
    public override int Repetitions => 1;

    /// <inheritdoc/>
    public override Type OptionsType => typeof(Options);

    /// <inheritdoc/>
    public override IReadOnlyList<EstimatorKind> Estimators =>
    [
        EstimatorKind.Reinforce, EstimatorKind.Nvil, EstimatorKind.LeaveOneOut, EstimatorKind.SumAndSample, EstimatorKind.Disarm,
        EstimatorKind.Rebar, EstimatorKind.Relax, EstimatorKind.Concrete, EstimatorKind.StraightThrough,
    ];

    /// <inheritdoc/>
    public override void Measure(ExperimentSettings settings, ExperimentFolder folder, IProgress<string>? progress, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(folder);
        EngineInfo.KeepMemory();
        foreach (var problem in new[] { Categorical, Bernoulli })
        {
            foreach (var kind in settings.Estimators.Where(kind => Takes(kind, problem) && !folder.Has(Key(problem, kind))))
            {
                stop.ThrowIfCancellationRequested();
                progress?.Report($"{problem}: {ExperimentSettings.NameOf(kind)}");
                MeasureOne(settings, folder, problem, kind, stop);
            }
        }
    }

    /// <inheritdoc/>
    public override ExperimentReport Draw(ExperimentSettings settings, ExperimentFolder folder)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(folder);
        var options = settings.Options<Options>();
        return new()
        {
            Title = "Bias and variance of the gradient estimators",
            Summary = $"{options.Estimates} estimates each; estimators with parameters of their own had {options.Tuning} steps to tune them.",
            Tables =
            [
                Table(Categorical, $"one categorical variable of {options.Classes} classes"),
                Table(Bernoulli, $"{options.Bits} Bernoulli variables"),
            ],
        };

        ExperimentTable Table(string problem, string title) => new(problem, title,
            ["estimator", "evaluations", "variance", "relative to REINFORCE", "bias", "bias in standard errors"],
            [.. settings.Estimators.Where(kind => Takes(kind, problem)).Select(kind => Row(folder, problem, kind, Total(folder, problem, EstimatorKind.Reinforce)))], Digits: 4)
        {
            Remark = "Variance of one estimate, summed over the logits; bias: the norm of mean estimate minus gradient, and its largest part in standard errors (an unbiased estimator stays below 4).",
        };
    }

    private static IReadOnlyList<object?> Row(ExperimentFolder folder, string problem, EstimatorKind kind, double? reinforce)
    {
        var result = folder.Load(Key(problem, kind));
        var (difference, error) = (result["difference"], result["standard_error"]);
        double variance = result["variance"][0];
        return
        [
            ExperimentSettings.NameOf(kind), (int)result["evaluations"][0], variance, variance / reinforce, Math.Sqrt(difference.Sum(d => (double)d * d)),
            difference.Zip(error, (d, e) => e == 0 ? 0 : Math.Abs((double)d / e)).Max(),
        ];
    }

    private static double? Total(ExperimentFolder folder, string problem, EstimatorKind kind) => folder.Has(Key(problem, kind)) ? folder.Load(Key(problem, kind))["variance"][0] : null;

    private static void MeasureOne(ExperimentSettings settings, ExperimentFolder folder, string problem, EstimatorKind kind, CancellationToken stop)
    {
        using var scope = TensorScope.Begin();
        var options = settings.Options<Options>();
        using var random = new Generator((ulong)settings.Seed);
        using var noise = NoiseSource.Seeded((ulong)settings.Seed + 1);
        var (width, classes) = problem == Categorical ? (options.Classes, options.Classes) : (options.Bits, 2);
        // Logits from 2 down to −2: some values are likely, some rare.
        var logits = Operators.Linspace(2, -2, width).Unsqueeze(0);
        var weights = Operators.Linspace(0.5, 3, width);
        using var estimator = new EstimatorOptions(kind, Samples: kind == EstimatorKind.SumAndSample ? options.Samples - 1 : options.Samples)
            .Create(() => new BaselineNet(1, [], 1, random: random), temperature => new BaselineNet(classes, [32], classes, temperature, random));

        Tune(estimator, batch => Latent(logits.Expand([batch, width])), options.Tuning, stop);
        estimator.Eval();
        var evaluations = 0L;
        var gradient = estimator.Gradient(Latent(logits.Expand([options.Estimates, width])), Counted, noise, Context(options.Estimates)).To(DType.Float64);
        using var exact = new ExactGradient();
        var difference = gradient.Mean([0]) - exact.Gradient(Latent(logits), Loss, noise).To(DType.Float64).Squeeze(0);
        var variance = gradient.Var([0]);
        folder.Save(Key(problem, kind),
            ("difference", difference.ToArray<float>(), [width]), ("standard_error", (variance / options.Estimates).Sqrt().ToArray<float>(), [width]),
            ("variance", [(float)variance.Sum().ToDouble()], [1]), ("evaluations", [evaluations], [1]));

        DiscreteLatent Latent(Tensor values) => problem == Categorical ? DiscreteLatent.Categorical(values) : DiscreteLatent.Bernoulli(values, variableAxes: 1);

        Tensor Loss(Tensor z) => ((z * weights).Sum([-1]) - 1.5).Square() + (z - 0.45).Square().Sum([-1]);

        Tensor Counted(Tensor z)
        {
            evaluations = z.Size(0);
            return Loss(z);
        }

        Tensor Context(long batch) => Operators.Ones([batch, 1], DType.Float32);

        void Tune(GradientEstimator tuned, Func<int, DiscreteLatent> latent, int steps, CancellationToken end)
        {
            const int Batch = 100;
            if (tuned.ParameterCount == 0) return;
            using var optimizer = new Adam(tuned, learningRate: 0.01);
            for (var step = 0; step < steps; step++)
            {
                end.ThrowIfCancellationRequested();
                using var inner = TensorScope.Begin();
                tuned.Estimate(latent(Batch), Loss, noise, Context(Batch)).Mean().Backward();
                optimizer.Step();
                optimizer.ZeroGrad();
            }
        }
    }

    private static bool Takes(EstimatorKind kind, string problem) => problem == Bernoulli ? kind != EstimatorKind.SumAndSample : kind != EstimatorKind.Disarm;

    private static string Key(string problem, EstimatorKind kind) => $"{problem}-{ExperimentSettings.NameOf(kind)}";
}
