using Scenograph.Data;
using Scenograph.Estimators;
using Scenograph.Evaluation;
using Scenograph.Models;
using Scenograph.Torch;
using Scenograph.Training;
using Scenograph.Training.Recipes;

namespace Scenograph.Experiments.Discrete;

/// <summary>
/// An experiment whose trainings are runs by recipes, each in a run's folder of its own below <c>runs/</c>: an interrupted one goes on where it
/// was, and <c>evaluate</c> and <c>traverse</c> take each. What tables and figures need is kept beside, so that they can be drawn without the runs.
/// </summary>
public abstract class RecipeExperiment : Experiment
{
    private const string PlanName = "plan";
    private const string RunsName = "runs";

    /// <inheritdoc/>
    public override bool UsesRecipes => true;

    /// <summary>Keys that the experiment sets itself, and the option that stands for each.</summary>
    private protected virtual IReadOnlyList<(string Key, string Option)> OwnKeys =>
        [("model.name", "a recipe"), ("model.estimator.kind", "--estimators"), ("training.seed", "--seed"), ("training.steps", "--steps")];

    /// <summary>All trainings, those of one seed after another.</summary>
    internal abstract IReadOnlyList<PlannedRun> Plan(ExperimentSettings settings);

    /// <summary>Keeps what is needed of a trained run; arrays last, since they tell that all is there.</summary>
    private protected abstract void Keep(RunName name, LoadedRun run, EvaluationSummary evaluation, ExperimentFolder folder);

    /// <inheritdoc/>
    public override void Check(ExperimentSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        foreach (var (key, option) in OwnKeys)
        {
            if (settings.RecipeChanges.Any(change => change.StartsWith($"{key}=", StringComparison.Ordinal))) throw new InputException($"--set {key}: {Name} sets it itself, by {option}");
        }
        foreach (var recipe in Plan(settings).Select(run => run.Recipe).DistinctBy(recipe => recipe.Model.Name))
        {
            var data = TrainingData.OpenMeasured(recipe) ?? throw new InputException($"the recipe of {recipe.Model.Name} names no pictures to measure on; --set data.validation={recipe.Data.Train}");
            if (recipe.Evaluation.Images is > 0 and var images && images < data.Count) throw new InputException($"evaluation.images is {images}; {Name} measures on all pictures (0)");
        }
    }

    /// <inheritdoc/>
    public override void Measure(ExperimentSettings settings, ExperimentFolder folder, IProgress<string>? progress, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(folder);
        var threads = EngineInfo.Threads;
        var plan = Plan(settings);
        folder.SaveRecord(PlanName, plan.Select(run => run.Name));
        for (var i = 0; i < plan.Count; i++)
        {
            var (name, recipe) = plan[i];
            if (folder.Has(name.Key)) continue;
            stop.ThrowIfCancellationRequested();
            if (recipe.Training.Threads == 0) recipe = recipe with { Training = recipe.Training with { Threads = threads } };
            var path = folder.In(Path.Combine(RunsName, name.Key));
            var evaluation = Train(path, recipe, progress is null ? null : new Lines($"{name.Key} ({i + 1} of {plan.Count})", progress), stop);
            using var run = LoadedRun.Open(path);
            Keep(name, run, evaluation, folder);
        }
    }

    /// <summary>The published recipe of the data set, or the one of a file, with everything that was asked to be changed.</summary>
    /// <param name="settings">What to do.</param>
    /// <param name="model">By its name in recipes.</param>
    /// <param name="path">A recipe's file; null: the published one.</param>
    /// <param name="quirks">Changes that take the original's quirks back; none to leave them.</param>
    /// <param name="changes">What the experiment itself sets.</param>
    private protected static Recipe Compose(ExperimentSettings settings, string model, string? path, IEnumerable<string> quirks, IEnumerable<string> changes)
    {
        var published = ShippedRecipes.Read(model, settings.DataSet!, ModelCatalogue.Instance);
        string[] all = [.. quirks, .. settings.RecipeChanges, .. changes, .. settings.Steps is { } steps ? new[] { FormattableString.Invariant($"training.steps={steps}") } : []];
        var recipe = path is null ? ShippedRecipes.Read(model, settings.DataSet!, ModelCatalogue.Instance, all) : RecipeReader.Read(path, ModelCatalogue.Instance, all);
        if (recipe.Model.Name != model) throw new InputException($"{path} trains {recipe.Model.Name}; a recipe of {model} is needed");
        if (recipe.Data.Train != published.Data.Train) throw new InputException($"{path ?? "--set"}: data.train is {Spelling.Quote(recipe.Data.Train)}, but --dataset {settings.DataSet} is {Spelling.Quote(published.Data.Train)}");
        return recipe;
    }

    /// <summary>A change that names the estimator.</summary>
    private protected static string EstimatorChange(EstimatorKind kind) => $"model.estimator.kind={ExperimentSettings.NameOf(kind)}";

    /// <summary>Runs whose results are there; an interrupted experiment can be drawn as well.</summary>
    /// <exception cref="InputException">There is none.</exception>
    private protected static IReadOnlyList<RunName> Finished(ExperimentFolder folder, out string? remark)
    {
        var plan = folder.LoadRecord<RunName[]>(PlanName);
        RunName[] finished = [.. plan.Where(run => folder.Has(run.Key))];
        if (finished.Length == 0) throw new InputException($"{folder.FolderPath}: none of the {plan.Length} trainings is finished; the command that made it goes on with -o {folder.FolderPath}");
        remark = finished.Length == plan.Length ? null : $"{finished.Length} of {plan.Length} trainings are finished; the rest is not in here.";
        return finished;
    }

    /// <summary>One sentence on how long was trained.</summary>
    private protected static string Lengths(IReadOnlyList<RunName> runs)
    {
        int[] steps = [.. runs.Select(run => run.Steps).Distinct().Order()];
        return $"{runs.Count} {(runs.Count == 1 ? "training" : "trainings")} of {string.Join(" or ", steps)} steps, measured on the pictures that the recipe names (as published, those of the training).";
    }

    private static EvaluationSummary Train(string path, Recipe recipe, IProgress<TrainingProgress>? progress, CancellationToken stop)
    {
        using var folder = Begin(path, recipe, out var resume);
        var result = TrainingSession.Run(recipe, folder, resume, trainer => trainer.Run(progress, stop), stop);
        return result.Evaluation ?? throw new OperationCanceledException(stop);
    }

    private static RunFolder Begin(string path, Recipe recipe, out bool resume)
    {
        resume = false;
        if (!RunFolder.HoldsRun(path)) return RunFolder.CreateAt(path);
        var folder = RunFolder.Open(path).Lock();
        var before = RecipeReader.Read(folder.RecipePath, ModelCatalogue.Instance);
        if (Text(before) != Text(recipe))
        {
            folder.Dispose();
            throw new InputException($"{path} was begun by another recipe; choose another folder");
        }
        resume = File.Exists(folder.LastCheckpointPath);
        if (resume) return folder;
        // It ended before its first checkpoint: there is nothing to go on with.
        File.Delete(folder.MetricsPath);
        File.Delete(folder.TimingPath);
        return folder;

        // A run may go on with other threads.
        static string Text(Recipe one) => RecipeWriter.Write(one with { Training = one.Training with { Threads = 0 } });
    }

    private sealed class Lines(string run, IProgress<string> progress) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) =>
            progress.Report(FormattableString.Invariant($"{run}: step {value.Step} of {value.Steps}, loss {value.Loss:G4}, {value.Remaining:h\\:mm\\:ss} left of this one"));
    }
}
