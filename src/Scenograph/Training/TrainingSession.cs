using Scenograph.Data;
using Scenograph.Evaluation;
using Scenograph.Models;
using Scenograph.Reports.Pictures;
using Scenograph.Training.Recipes;

namespace Scenograph.Training;

/// <summary>A run from its recipe to its report: what <c>train</c>, <c>demo</c> and experiments share.</summary>
public static class TrainingSession
{
    private const int ReportScenes = 8;

    /// <summary>How a session ended.</summary>
    /// <param name="Outcome">Of the training.</param>
    /// <param name="Evaluation">On the test scenes, where there are any and training finished.</param>
    /// <param name="Report">The page; null where the session was interrupted, then <c>--resume</c> goes on with it.</param>
    public sealed record Result(TrainingOutcome Outcome, EvaluationSummary? Evaluation, string? Report);

    /// <summary>Trains in a locked folder; a finished run is measured on the recipe's test scenes and gets its report.</summary>
    /// <param name="recipe">What to train, on what and how.</param>
    /// <param name="folder">Where; locked by the caller.</param>
    /// <param name="resume">Go on from the folder's last checkpoint.</param>
    /// <param name="train">Runs the trainer, and shows how far it is.</param>
    /// <param name="stop">Asks for an end.</param>
    public static Result Run(Recipe recipe, RunFolder folder, bool resume, Func<Trainer, TrainingOutcome> train, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(train);
        using var trainer = new Trainer(recipe, folder, resume);
        // Only now: a recipe that does not fit its data or its checkpoint leaves the folder as it was.
        folder.WriteRecipe(recipe);
        var outcome = train(trainer);
        if (!outcome.Finished) return new(outcome, null, null);
        EvaluationSummary? evaluation;
        IReadOnlyList<SceneDecomposition> scenes;
        try
        {
            evaluation = Measure(trainer, recipe, stop, out scenes);
        }
        catch (OperationCanceledException)
        {
            return new(outcome, null, null); // Everything that was trained is saved.
        }
        RunReport.Write(folder, recipe, evaluation, scenes, trainer.Device,
            FormattableString.Invariant($"{outcome.Step} steps of {recipe.Training.Batch} images on {recipe.Data.Train}, {outcome.Duration.TotalMinutes:F1} minutes of training in this process."));
        return new(outcome, evaluation, folder.ReportPath);
    }

    private static EvaluationSummary? Measure(Trainer trainer, Recipe recipe, CancellationToken stop, out IReadOnlyList<SceneDecomposition> scenes)
    {
        scenes = [];
        if (trainer.Model is not DecompositionModel model || TrainingData.OpenMeasured(recipe) is not { } data) return null;
        TrainingData.CheckSize(model, data, recipe.Data.Test ?? recipe.Data.Validation ?? data.Name);
        var seed = (ulong)recipe.Training.Seed + 3;
        using var weights = trainer.EvaluationWeights();
        var summary = ModelEvaluation.Measure(model, data, recipe.Evaluation.Images, recipe.Evaluation.Batch, seed, trainer.Device, stop: stop);
        scenes = ModelEvaluation.Decompose(model, SceneBatches.First(data, ReportScenes, ReportScenes).First(), seed, trainer.Device);
        return summary;
    }
}
