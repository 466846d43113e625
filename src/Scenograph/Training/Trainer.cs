using System.Diagnostics;
using Scenograph.Data;
using Scenograph.Data.Loading;
using Scenograph.Evaluation;
using Scenograph.Models;
using Scenograph.Reports;
using Scenograph.Reports.Pictures;
using Scenograph.Reports.TensorBoard;
using Scenograph.Torch;
using Scenograph.Training.Recipes;
using Scenograph.Training.Schedules;

namespace Scenograph.Training;

/// <summary>
/// Trains the model of a recipe in a run's folder. On the processor a resumed run equals the unbroken one bit for bit: data order
/// is a function of seed and step, and weights, optimiser and noise are saved together.
/// </summary>
public sealed class Trainer : IDisposable
{
    private const int FigureScenes = 8;

    private readonly Recipe recipe;
    private readonly RunFolder folder;
    private readonly Device device;
    private readonly Generator weightsRandom;
    private readonly SeededNoise noise;
    private readonly IDataSet trainingSet;
    private readonly IDataSet? validationSet;
    private readonly Tensor[] parameters;
    private readonly Optimizer optimizer;
    private readonly LearningRatePlan plan;
    private long step;
    private int skipped;
    private double best = double.PositiveInfinity;
    private double lastLoss = double.NaN;

    /// <param name="recipe">What to train, on what and how.</param>
    /// <param name="folder">Where the run is kept; locked by the caller.</param>
    /// <param name="resume">Go on from the folder's last checkpoint.</param>
    /// <exception cref="InputException">Something in the recipe does not fit together, or a file is missing or broken.</exception>
    public Trainer(Recipe recipe, RunFolder folder, bool resume = false)
    {
        this.recipe = recipe;
        this.folder = folder;
        var training = recipe.Training;
        device = Device.Parse(training.Device);
        EngineInfo.Threads = training.Threads == 0 ? Environment.ProcessorCount : training.Threads;
        EngineInfo.KeepMemory();
        trainingSet = TrainingData.Open(recipe, recipe.Data.Train, Split.Train);
        validationSet = recipe.Data.Validation is { } spec ? TrainingData.Open(recipe, spec, Split.Validation) : null;
        if (trainingSet.Count < training.Batch) throw new InputException($"data '{recipe.Data.Train}' has {trainingSet.Count} scenes, fewer than training.batch={training.Batch}");
        plan = LearningRateText.Parse(training.LearningRateSchedule);

        var seed = (ulong)training.Seed;
        weightsRandom = new(seed);
        noise = NoiseSource.Seeded(seed + 1, device);
        Model = ModelCatalogue.Create(recipe.Model, weightsRandom);
        TrainingData.CheckSize(Model, trainingSet, recipe.Data.Train);
        if (validationSet is not null) TrainingData.CheckSize(Model, validationSet, recipe.Data.Validation!);
        Model.To(device);
        parameters = Model.Parameters();
        optimizer = OptimizerFactory.Create(training.Optimiser, Model);
        if (resume) Restore();
    }

    /// <summary>The model in training.</summary>
    public Model Model { get; }

    /// <summary>Where it computes.</summary>
    public Device Device => device;

    /// <summary>Optimiser steps done.</summary>
    public long Step => step;

    /// <summary>Trains until all steps are done or <paramref name="stop"/> asks for an end, which finishes the step and saves.</summary>
    /// <param name="progress">Told after every logged step.</param>
    /// <param name="stop">Asks for an end.</param>
    /// <exception cref="TrainingFailedException">Too many steps gave no finite objective.</exception>
    public TrainingOutcome Run(IProgress<TrainingProgress>? progress = null, CancellationToken stop = default)
    {
        var training = recipe.Training;
        using var metrics = step > 0 ? MetricsLog.Resume(folder.MetricsPath, step) : MetricsLog.Create(folder.MetricsPath);
        using var timing = step > 0 ? MetricsLog.Resume(folder.TimingPath, step) : MetricsLog.Create(folder.TimingPath);
        using var board = EventFileWriter.Create(folder.TensorBoardPath, step + 1);
        using var loader = new DataLoader(trainingSet, new() { BatchSize = training.Batch, Seed = (int)(training.Seed & int.MaxValue), Shuffle = true, DropLast = true, Workers = training.Workers == 0 ? -1 : training.Workers });
        loader.StartAt(step);
        var watch = Stopwatch.StartNew();
        var lastReport = (Time: TimeSpan.Zero, Step: step, Waited: TimeSpan.Zero);
        Model.Train();

        while (step < training.Steps && !stop.IsCancellationRequested)
        {
            using var host = loader.Next();
            var isLogged = (step + 1) % training.LogEvery == 0 || step + 1 == training.Steps;
            var values = Update(host, isLogged);
            step++;
            if (isLogged)
            {
                var now = watch.Elapsed;
                var seconds = (now - lastReport.Time).TotalSeconds;
                var speed = (step - lastReport.Step) * training.Batch / seconds;
                var waited = (loader.Waited - lastReport.Waited).TotalSeconds / seconds;
                lastReport = (now, step, loader.Waited);
                metrics.Append(step, "train", values);
                timing.Append(step, "train", [new("images_per_second", speed), new("wait_share", waited)]);
                foreach (var (name, value) in values) board.AddScalar($"train/{name}", step, value);
                board.AddScalar("timing/images_per_second", step, speed);
                progress?.Report(new(step, training.Steps, lastLoss, speed, TimeSpan.FromSeconds((training.Steps - step) * training.Batch / speed), waited));
            }
            if (validationSet is not null && training.ValidateEvery > 0 && (step % training.ValidateEvery == 0 || step == training.Steps)) Validate(metrics, board, stop);
            if (training.CheckpointEvery > 0 && step % training.CheckpointEvery == 0) Save(metrics, folder.LastCheckpointPath);
        }
        Save(metrics, folder.LastCheckpointPath);
        return new(step, step >= training.Steps, lastLoss, skipped, watch.Elapsed);
    }

    /// <summary>One optimiser step; returns what is logged, empty where <paramref name="isLogged"/> is false.</summary>
    private List<KeyValuePair<string, double>> Update(HostBatch host, bool isLogged)
    {
        using var scope = TensorScope.Begin();
        var training = recipe.Training;
        var rate = training.Optimiser.LearningRate * plan.Schedule.Multiplier(step);
        optimizer.LearningRate = rate;
        var images = Tensor.From(host.Images, [host.Count, trainingSet.Channels, trainingSet.Height, trainingSet.Width], device);
        var objective = Objective(new(images, host.Indices));
        var total = objective.Total.ToDouble();
        if (double.IsFinite(total)) objective.Total.Backward();
        // The norm is a number of every log, and the one place where a broken gradient shows before it reaches the weights.
        var norm = double.IsFinite(total)
            ? GradientClip.ByNorm(parameters, training.GradientClip ?? double.PositiveInfinity).ToDouble()
            : double.NaN;
        if (double.IsFinite(norm)) optimizer.Step();
        else Skip(objective, total, host.Indices);
        optimizer.ZeroGrad();
        lastLoss = total;
        if (!isLogged) return [];
        var values = new List<KeyValuePair<string, double>> { new("loss", total) };
        foreach (var (name, value) in objective.Terms) values.Add(new(name, value.ToDouble()));
        values.Add(new("gradient_norm", norm));
        values.Add(new("learning_rate", rate));
        if (skipped > 0) values.Add(new("skipped_steps", skipped));
        return values;
    }

    private Objective Objective(Batch batch)
    {
        // Intermediate results must be gone before the backward pass, or its peak of memory holds them twice.
        using var scope = TensorScope.Begin();
        using var autocast = recipe.Training.Precision == Precision.Bf16 ? Autocast.Begin(device) : null;
        var objective = Model.Objective(batch, step, noise);
        scope.Keep(objective.Total);
        scope.Keep(objective.Terms.Select(term => term.Value));
        return objective;
    }

    private void Skip(Objective objective, double total, IReadOnlyList<int> indices)
    {
        skipped++;
        if (skipped <= recipe.Training.NanLimit) return;
        var broken = objective.Terms.Where(term => !double.IsFinite(term.Value.ToDouble())).Select(term => $"term '{term.Name}' is {term.Value.ToDouble()}").FirstOrDefault()
            ?? (double.IsFinite(total) ? "the gradient is not finite" : $"the loss is {total}");
        throw new TrainingFailedException($"training stopped at step {step + 1}: {broken} on images {string.Join(", ", indices)}, and {skipped} steps were skipped "
            + $"(training.nan_limit={recipe.Training.NanLimit}); the last good checkpoint is {folder.LastCheckpointPath}");
    }

    private void Validate(MetricsLog metrics, EventFileWriter board, CancellationToken stop)
    {
        if (Model is not DecompositionModel model) return;
        EvaluationSummary summary;
        try
        {
            summary = ModelEvaluation.Measure(model, validationSet!, recipe.Evaluation.Images, recipe.Evaluation.Batch, (ulong)recipe.Training.Seed + 2, device, stop);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        var values = summary.Metrics.Where(metric => double.IsFinite(metric.Value)).OrderBy(metric => metric.Key, StringComparer.Ordinal).ToList();
        metrics.Append(step, "validation", values);
        foreach (var (name, value) in values) board.AddScalar($"validation/{name}", step, value);
        var samples = SceneBatches.First(validationSet!, FigureScenes, FigureScenes).First();
        var scenes = ModelEvaluation.Decompose(model, samples, (ulong)recipe.Training.Seed + 2, device);
        board.AddImage("validation/decomposition", step, DecompositionFigure.Draw(scenes));
        foreach (var (name, value) in Model.NamedParameters()) board.AddHistogram($"weights/{name}", step, HostValues(value));
        board.Flush();
        var error = summary.Statistic(MetricNames.SquaredError);
        if (!(error < best)) return;
        best = error;
        Save(metrics, folder.BestCheckpointPath);
    }

    private static double[] HostValues(Tensor value)
    {
        using var detached = value.Detach();
        return detached.ToArray<double>();
    }

    private void Save(MetricsLog metrics, string path)
    {
        metrics.Flush(toDisk: true);
        TrainingCheckpoint.Save(path, recipe, Model, optimizer, noise, new(step, skipped, best, lastLoss));
    }

    private void Restore()
    {
        (step, skipped, best, lastLoss) = TrainingCheckpoint.Load(folder.LastCheckpointPath, Model, optimizer, noise);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        optimizer.Dispose();
        Model.Dispose();
        noise.Dispose();
        weightsRandom.Dispose();
    }
}
