using System.Diagnostics;
using Scenograph.Estimators;
using Scenograph.Models;
using Scenograph.Torch;

namespace Scenograph.Experiments.Toy;

/// <summary>
/// One estimator on the toy problem: minimise E (1/K) Σ (z − t)² over the logits of a categorical variable, which start at 0. All repetitions
/// run together in one tensor, each with its own weights, optimiser state, estimator parameters and noise. Generalises the problem of
/// Tucker et al. 2017, arXiv 1703.07370, section 5.1, from two classes to K; Borea 2021, section on toy experiments.
/// </summary>
public sealed class ToyRun : IDisposable
{
    /// <param name="Target">t, one number a class.</param>
    /// <param name="Steps">Optimiser steps.</param>
    /// <param name="BatchSize">Draws a step.</param>
    /// <param name="VarianceBatch">Estimates that the variance after each step is measured on.</param>
    /// <param name="LearningRate">Of the logits.</param>
    /// <param name="TuneRate">Of the estimator's own parameters.</param>
    /// <param name="FaithfulVariance">
    /// Measure as the original: NVIL's gradients as many times too large as there are estimates, those of REBAR and RELAX with the gradient of
    /// their variance.
    /// </param>
    public sealed record Options(IReadOnlyList<double> Target, int Steps, int BatchSize = 1, int VarianceBatch = 1000, double LearningRate = 0.01, double TuneRate = 0.01, bool FaithfulVariance = false);

    private readonly Options options;
    private readonly GradientEstimator estimator;
    private readonly NoiseSource noise;
    private readonly int repetitions;
    private readonly Tensor weight;
    private readonly Tensor target;
    private readonly Adam optimizer;

    /// <param name="options">The problem.</param>
    /// <param name="estimator">With parameters for R problems, if it has any; disposed with the run.</param>
    /// <param name="noise">Of R repetitions, shapes [.., R, draws, K]; disposed with the run.</param>
    /// <param name="repetitions">R.</param>
    public ToyRun(Options options, GradientEstimator estimator, NoiseSource noise, int repetitions)
    {
        this.options = options;
        this.estimator = estimator;
        this.noise = noise;
        this.repetitions = repetitions;
        weight = Operators.Zeros([repetitions, options.Target.Count], DType.Float32).Detached();
        weight.RequiresGrad = true;
        target = Tensor.From([.. options.Target.Select(t => (float)t)], [options.Target.Count]).Detached();
        optimizer = new(
        [
            new([("weight", weight)]),
            new(estimator.NamedParameters().Select(p => ($"estimator.{p.Name}", p.Value)), options.TuneRate / options.LearningRate),
        ],
        options.LearningRate);
    }

    /// <summary>The logits [R, K] now.</summary>
    public Tensor Weight => weight;

    /// <summary>Trains and measures.</summary>
    /// <param name="progress">Told the number of steps done.</param>
    /// <param name="stop">Asks for an end.</param>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public ToyCurves Run(IProgress<int>? progress = null, CancellationToken stop = default)
    {
        using var scope = TensorScope.Begin();
        var history = Operators.Empty([options.Steps, .. weight.Shape], DType.Float32);
        var variances = Operators.Empty([options.Steps, repetitions], DType.Float32);
        var milliseconds = new float[options.Steps];
        for (var step = 0; step < options.Steps; step++)
        {
            stop.ThrowIfCancellationRequested();
            using var inner = TensorScope.Begin();
            using (GradMode.Off()) history.Select(0, step).Copy_(weight);
            var start = Stopwatch.GetTimestamp();
            Update();
            milliseconds[step] = (float)Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            variances.Select(0, step).Copy_(Variance());
            progress?.Report(step + 1);
        }
        var losses = (history.Softmax(-1) * ValueLosses()).Sum([-1]);                   // [steps, R]
        return new(losses.T().Contiguous().ToArray<float>(), variances.T().Contiguous().ToArray<float>(), milliseconds, repetitions);
    }

    /// <summary>One update of all repetitions and the measurement behind it, for timing.</summary>
    public void Step()
    {
        using var scope = TensorScope.Begin();
        Update();
        Variance();
    }

    private void Update()
    {
        using var scope = TensorScope.Begin();
        estimator.Train();
        var estimate = estimator.Estimate(Latent(weight, options.BatchSize), Loss, noise, Context(options.BatchSize));
        // The original sums over the batch.
        var total = (estimate.Surrogate ?? estimate.Loss).Sum();
        if (estimate.Tuning is { } tuning) total += tuning;
        total.Backward();
        optimizer.Step();
        optimizer.ZeroGrad();
    }

    /// <summary>Variance of the estimates at the updated weights, summed over classes, [R].</summary>
    private Tensor Variance()
    {
        using var scope = TensorScope.Begin();
        var control = estimator as ControlVariateEstimator;
        estimator.Train(false);
        if (control is not null) control.LeaksVariance = options.FaithfulVariance;
        var gradient = estimator.Gradient(Latent(weight.Detach(), options.VarianceBatch), Loss, noise, Context(options.VarianceBatch));
        if (control is not null) control.LeaksVariance = false;
        // The sum over the original's [B, B] is as many times the gradient.
        var factor = options.FaithfulVariance && estimator is Nvil { IsBroadcast: true } ? options.VarianceBatch : 1.0;
        var deviation = gradient - gradient.Mean([1], keepdim: true);
        return scope.Keep(deviation.Square().Sum([1, 2]) * (factor * factor / (options.VarianceBatch - 1)));
    }

    private DiscreteLatent Latent(Tensor logits, int batch) =>
        // Classes stand apart in memory, as the estimators keep them.
        DiscreteLatent.Categorical(logits.Unsqueeze(-1).Expand([repetitions, logits.Size(-1), batch]).Contiguous().Transpose(-1, -2));

    private Tensor Loss(Tensor z)
    {
        using var scope = TensorScope.Begin();
        var distance = z - target;
        // A mean's gradient is spread over the classes and then divided, which loses the classes' order in memory and is three times as slow.
        return scope.Keep((distance * distance).Sum([-1]) * (1.0 / target.Count));
    }

    private Tensor Context(int batch) => Operators.Ones([repetitions, batch, 1], DType.Float32);

    /// <summary>f of each class, [K].</summary>
    private Tensor ValueLosses() => Loss(Operators.Eye(target.Size(0), DType.Float32));

    /// <inheritdoc/>
    public void Dispose()
    {
        optimizer.Dispose();
        weight.Dispose();
        target.Dispose();
        noise.Dispose();
        estimator.Dispose();
    }
}
