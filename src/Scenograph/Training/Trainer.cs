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
    private const string ValidationKind = "validation";

    private readonly Recipe recipe;
    private readonly RunFolder folder;
    private readonly Device device;
    private readonly Generator weightsRandom;
    private readonly SeededNoise noise;
    private readonly IDataSet trainingSet;
    private readonly IDataSet? validationSet;
    private readonly Tensor[] parameters;
    private readonly Optimizer optimizer;
    private readonly WeightAverage? average;
    private readonly LearningRatePlan plan;
    private readonly bool isResumed;
    private long step;
    private long validated;
    private int skipped;
    private bool isBroken;
    private double best = double.PositiveInfinity;
    private PlateauState plateau = new();
    private double rateLeft = 1;
    private double lastLoss = double.NaN;

    /// <param name="recipe">What to train, on what and how.</param>
    /// <param name="folder">Where the run is kept; locked by the caller.</param>
    /// <param name="resume">Go on from the folder's last checkpoint.</param>
    /// <exception cref="InputException">Something in the recipe does not fit together, or a file is missing or broken.</exception>
    public Trainer(Recipe recipe, RunFolder folder, bool resume = false)
        : this(recipe, folder, TrainingData.Open(recipe, recipe.Data.Train, Split.Train),
            recipe.Data.Validation is { } spec ? TrainingData.Open(recipe, spec, Split.Validation) : null, resume)
    {
    }

    /// <summary>Trains on data sets of your own in place of those that the recipe names.</summary>
    /// <param name="recipe">What to train and how.</param>
    /// <param name="folder">Where the run is kept; locked by the caller.</param>
    /// <param name="trainingSet">Scenes to learn from.</param>
    /// <param name="validationSet">Scenes that choose the best checkpoint; null: no validation.</param>
    /// <param name="resume">Go on from the folder's last checkpoint.</param>
    /// <exception cref="InputException">Something in the recipe does not fit together, or a file is missing or broken.</exception>
    public Trainer(Recipe recipe, RunFolder folder, IDataSet trainingSet, IDataSet? validationSet, bool resume = false)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(trainingSet);
        this.recipe = recipe;
        this.folder = folder;
        this.trainingSet = trainingSet;
        this.validationSet = validationSet;
        var training = recipe.Training;
        device = Device.Parse(training.Device);
        EngineInfo.Threads = training.Threads;
        EngineInfo.KeepMemory();
        if (trainingSet.Count < training.Batch) throw new InputException($"data '{recipe.Data.Train}' has {trainingSet.Count} scenes, fewer than training.batch={training.Batch}");
        plan = LearningRateText.Parse(training.LearningRateSchedule);
        if (plan.Plateau is not null && (validationSet is null || training.ValidateEvery == 0))
        {
            throw new InputException("training.learning_rate_schedule is plateau, which watches the validation error; data.validation and training.validate_every are needed");
        }

        var seed = (ulong)training.Seed;
        weightsRandom = new(seed);
        noise = NoiseSource.Seeded(seed + 1, device);
        Model = ModelCatalogue.Create(recipe.Model, weightsRandom);
        TrainingData.CheckSize(Model, trainingSet, recipe.Data.Train);
        if (validationSet is not null) TrainingData.CheckSize(Model, validationSet, recipe.Data.Validation ?? validationSet.Name);
        Model.To(device);
        parameters = Model.Parameters();
        optimizer = OptimizerFactory.Create(training.Optimiser, Model);
        average = training.Ema is { } decay ? new(Model, decay) : null;
        isResumed = resume;
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
        using var metrics = isResumed ? MetricsLog.Resume(folder.MetricsPath, IsKnown) : MetricsLog.Create(folder.MetricsPath);
        using var timing = isResumed ? MetricsLog.Resume(folder.TimingPath, step) : MetricsLog.Create(folder.TimingPath);
        using var board = EventFileWriter.Create(folder.TensorBoardPath, step + 1);
        using var loader = new DataLoader(trainingSet, new() { BatchSize = training.Batch, Seed = (int)(training.Seed & int.MaxValue), Shuffle = true, DropLast = !training.KeepLastBatch, Workers = training.Workers == 0 ? -1 : training.Workers });
        loader.StartAt(step);
        var watch = Stopwatch.StartNew();
        var lastReport = (Time: TimeSpan.Zero, Step: step, Waited: TimeSpan.Zero);
        Model.Train();

        // From the first second on there is something to resume, and a disk that cannot be written shows now.
        if (!isResumed) Save(metrics, folder.LastCheckpointPath);
        if (IsValidationDue) Validate(metrics, board, stop);
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
                // Whoever watches a run sees it move.
                metrics.Flush();
                timing.Flush();
                board.Flush();
                progress?.Report(new(step, training.Steps, lastLoss, speed, TimeSpan.FromSeconds((training.Steps - step) * training.Batch / speed), waited));
            }
            if (IsValidationDue) Validate(metrics, board, stop);
            // Weights that just gave no finite number are none to go back to.
            if (!isBroken && IsMultiple(training.CheckpointEvery)) Save(metrics, folder.LastCheckpointPath);
            if (!isBroken && IsMultiple(training.KeepEvery)) Save(metrics, folder.StepCheckpointPath(step));
        }
        Save(metrics, folder.LastCheckpointPath);
        return new(step, step >= training.Steps && !IsValidationDue, lastLoss, skipped, watch.Elapsed);
    }

    /// <summary>Until disposed, the model has the weights that it is measured with: their moving average, where the recipe asks for one.</summary>
    public IDisposable EvaluationWeights() => new Swapped(average);

    private bool IsMultiple(int every) => every > 0 && step % every == 0;

    /// <summary>Whether this step ends with a validation that has not been made; after a resume, because it was interrupted.</summary>
    private bool IsValidationDue => validationSet is not null && Model is DecompositionModel && recipe.Training.ValidateEvery > 0
        && step > validated && (IsMultiple(recipe.Training.ValidateEvery) || step == recipe.Training.Steps);

    /// <summary>Whether the checkpoint that is resumed was written after this line.</summary>
    private bool IsKnown(MetricsRecord line) => line.Step <= (line.Kind == ValidationKind ? validated : step);

    /// <summary>One optimiser step; returns what is logged, empty where <paramref name="isLogged"/> is false.</summary>
    private List<KeyValuePair<string, double>> Update(HostBatch host, bool isLogged)
    {
        using var scope = TensorScope.Begin();
        var training = recipe.Training;
        var rate = training.Optimiser.LearningRate * rateLeft * plan.Schedule.Multiplier(step);
        optimizer.LearningRate = rate;
        var images = Tensor.From(host.Images, [host.Count, trainingSet.Channels, trainingSet.Height, trainingSet.Width], device);
        var objective = Objective(new(images, host.Indices));
        var total = objective.Total.ToDouble();
        if (double.IsFinite(total)) objective.Total.Backward();
        // The norm is a number of every log, and the one place where a broken gradient shows before it reaches the weights.
        var norm = double.IsFinite(total)
            ? GradientClip.ByNorm(parameters, training.GradientClip ?? double.PositiveInfinity).ToDouble()
            : double.NaN;
        isBroken = !double.IsFinite(norm);
        if (isBroken)
        {
            Skip(objective, total, host.Indices);
        }
        else
        {
            optimizer.Step();
            average?.Update();
        }
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
        throw new TrainingFailedException($"training stopped at step {step + 1}: {broken} on images {string.Join(", ", indices)}, and {(skipped == 1 ? "1 step was" : $"{skipped} steps were")} skipped "
            + $"(training.nan_limit={recipe.Training.NanLimit}); the last good checkpoint is {folder.LastCheckpointPath}");
    }

    private void Validate(MetricsLog metrics, EventFileWriter board, CancellationToken stop)
    {
        var model = (DecompositionModel)Model;
        EvaluationSummary summary;
        IReadOnlyList<SceneDecomposition> scenes;
        try
        {
            using var weights = EvaluationWeights();
            var seed = (ulong)recipe.Training.Seed + 2;
            summary = ModelEvaluation.Measure(model, validationSet!, recipe.Evaluation.Images, recipe.Evaluation.Batch, seed, device, stop: stop);
            scenes = ModelEvaluation.Decompose(model, SceneBatches.First(validationSet!, FigureScenes, FigureScenes).First(), seed, device);
        }
        catch (OperationCanceledException)
        {
            return; // The checkpoint says that it is still due.
        }
        validated = step;
        var values = summary.Metrics.Where(metric => double.IsFinite(metric.Value)).OrderBy(metric => metric.Key, StringComparer.Ordinal).ToList();
        metrics.Append(step, ValidationKind, values);
        foreach (var (name, value) in values) board.AddScalar($"validation/{name}", step, value);
        board.AddImage("validation/decomposition", step, DecompositionFigure.Draw(scenes));
        board.AddImage("validation/reconstruction", step, ImageGrid.Outputs(scenes));
        board.AddImage("validation/components", step, ImageGrid.Reconstructions(scenes));
        board.AddImage("validation/masks", step, ImageGrid.Masks(scenes));
        foreach (var name in scenes[0].Latents.Keys) board.AddHistogram($"latents/{name}", step, [.. scenes.SelectMany(scene => scene.Latents[name]).Select(value => (double)value)]);
        foreach (var (name, value) in Model.NamedParameters()) board.AddHistogram($"weights/{name}", step, HostValues(value));
        board.Flush();
        var error = summary.Statistic(MetricNames.SquaredError);
        if (plan.Plateau is { } rule)
        {
            var rate = recipe.Training.Optimiser.LearningRate;
            (plateau, var rates) = Plateau.Check(rule, plateau, error, [rate * rateLeft]);
            rateLeft = rates[0] / rate;
        }
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
        TrainingCheckpoint.Save(path, recipe, Model, average, optimizer, noise, new(step, skipped, best, lastLoss, validated, rateLeft, plateau));
    }

    private void Restore()
    {
        (step, skipped, best, lastLoss, validated, rateLeft, plateau) = TrainingCheckpoint.Load(folder.LastCheckpointPath, Model, average, optimizer, noise);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        optimizer.Dispose();
        average?.Dispose();
        Model.Dispose();
        noise.Dispose();
        weightsRandom.Dispose();
    }

    private sealed class Swapped : IDisposable
    {
        private WeightAverage? average;

        public Swapped(WeightAverage? average)
        {
            this.average = average;
            average?.Swap();
        }

        public void Dispose()
        {
            average?.Swap();
            average = null;
        }
    }
}
