using Scenograph.Estimators;
using Scenograph.Evaluation;
using Scenograph.Reports;
using Scenograph.Reports.Pictures;
using Scenograph.Torch;
using Scenograph.Torch.Images;
using Scenograph.Training;

namespace Scenograph.Experiments.Discrete;

/// <summary>What the experiments with D-VAE and D-VAE-ST share: recipes, what is kept of a run, and figures.</summary>
public abstract class DVaeExperimentBase : RecipeExperiment
{
    /// <summary>What takes the original's quirks back, of either model.</summary>
    private static readonly string[] WithoutQuirks =
        ["model.estimator.clamp=false", "model.estimator.loss_parameters=false", "model.estimator.learn_eta=true", "model.estimator.broadcast_baseline=false"];

    /// <summary>By its name in recipes.</summary>
    private protected abstract string Model { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<EstimatorKind> Estimators =>
        [EstimatorKind.Reinforce, EstimatorKind.Nvil, EstimatorKind.Concrete, EstimatorKind.Rebar, EstimatorKind.Relax, EstimatorKind.Exact];

    /// <inheritdoc/>
    public override IReadOnlyList<EstimatorKind> MoreEstimators => [.. Enum.GetValues<EstimatorKind>().Except(Estimators).Except([EstimatorKind.Disarm])]; // of Bernoulli variables

    /// <inheritdoc/>
    public override Type OptionsType => typeof(DVaeOptions);

    private protected bool IsTransformed => Model == "d-vae-st";

    /// <summary>The training of one estimator and seed.</summary>
    /// <param name="settings">What to do.</param>
    /// <param name="kind">The estimator.</param>
    /// <param name="seed">Of everything random.</param>
    /// <param name="clusters">K; null: the recipe's.</param>
    private protected PlannedRun Planned(ExperimentSettings settings, EstimatorKind kind, ulong seed, int? clusters = null)
    {
        var options = settings.Options<DVaeOptions>();
        string[] quirks = options.Quirks ? [] : IsTransformed ? [.. WithoutQuirks, "model.fresh_transforms=false"] : WithoutQuirks;
        var recipe = Compose(settings, Model, options.Recipe, quirks,
            [EstimatorChange(kind), FormattableString.Invariant($"training.seed={seed}"), .. clusters is { } size ? new[] { FormattableString.Invariant($"model.size={size}") } : []]);
        return PlannedRun.Of(recipe, settings.DataSet!);
    }

    private protected override void Keep(RunName name, LoadedRun run, EvaluationSummary evaluation, ExperimentFolder folder)
    {
        var data = TrainingData.OpenMeasured(run.Recipe)!;
        var result = DVaeResult.Of(run, evaluation, data);
        folder.SaveRecord(name.Key, result);
        DVaePictures.Of(run, data).Save(folder, name.Key, result.Shape);
    }

    /// <summary>A run with its results.</summary>
    internal sealed record Trained(RunName Run, DVaeResult Result)
    {
        /// <summary>In figures' captions.</summary>
        public string Words => FormattableString.Invariant($"{ExperimentSettings.LabelOf(Run.Estimator)}, K = {Run.Size}, seed {Run.Seed}, ")
            + (Result.Accuracy is { } accuracy ? FormattableString.Invariant($"accuracy {100 * accuracy:F2} %") : FormattableString.Invariant($"bound {-Result.NegativeBound:F2} nats"));
    }

    private protected static IReadOnlyList<Trained> Results(ExperimentFolder folder, out string? remark) =>
        [.. Finished(folder, out remark).Select(run => new Trained(run, folder.LoadRecord<DVaeResult>(run.Key)))];

    /// <summary>By accuracy as published; by the bound where no class is known.</summary>
    private protected static IReadOnlyList<Trained> BestFirst(IEnumerable<Trained> results) =>
        [.. results.OrderByDescending(one => one.Result.Accuracy ?? double.NegativeInfinity).ThenBy(one => one.Result.NegativeBound)];

    /// <summary>In the order of the published tables.</summary>
    private protected static IEnumerable<IGrouping<EstimatorKind, Trained>> ByEstimator(ExperimentSettings settings, IEnumerable<Trained> results) =>
        results.GroupBy(one => one.Run.Estimator).OrderBy(group => settings.Estimators.ToList().IndexOf(group.Key));

    /// <summary>One row a run.</summary>
    private protected static ExperimentTable Runs(ExperimentSettings settings, IEnumerable<Trained> results) => new(
        "runs", "All runs", ["data", "model", "K", "estimator", "seed", "steps", "NLL", "KL", "accuracy %", "empty clusters", "classes without a cluster", "run"],
        [.. results.Select(one => (IReadOnlyList<object?>)
        [
            settings.DataSet, one.Run.Model, one.Run.Size, ExperimentSettings.NameOf(one.Run.Estimator), one.Run.Seed, one.Run.Steps, one.Result.NegativeLogLikelihood, one.Result.Divergence,
            100 * one.Result.Accuracy, one.Result.EmptyClusters, one.Result.UnnamedClasses, one.Run.Key,
        ])]);

    private protected static IEnumerable<string> Notes(IReadOnlyList<Trained> results, string? remark)
    {
        if (remark is not null) yield return remark;
        if (results.All(one => one.Result.Accuracy is null)) yield return "The data have no classes, so there is no accuracy; best and worst are by the bound.";
        var lacking = results.Count(one => one.Run.Size >= one.Result.Names?.Count && one.Result.UnnamedClasses > 0);
        if (lacking > 0) yield return $"In {lacking} of {results.Count} runs some class is the commonest of no cluster.";
    }

    private protected static ReportFigure Prototypes(ExperimentFolder folder, string which, Trained one) =>
        ShownPictures.Prototypes($"Prototypes of the run that is {which}: {one.Words}.", Images(DVaePictures.Load(folder, one.Run.Key).Prototypes, one), one.Result.Names);

    private protected IEnumerable<ReportFigure> Reconstructions(ExperimentFolder folder, Trained one)
    {
        var pictures = DVaePictures.Load(folder, one.Run.Key);
        List<Image[]> rows = [Images(pictures.Inputs, one), Images(pictures.Reconstructions, one)];
        if (IsTransformed) rows.Insert(1, Images(pictures.Pictures, one));
        yield return new($"Random pictures and the best run ({one.Words}). Rows: input, {(IsTransformed ? "the prototype that was drawn, its warped copy" : "the prototype that was drawn")}.",
            ImageFile.EncodePng(TraversalFigure.Grid([.. rows.Select(row => (IReadOnlyList<Image>)row)])), $"{rows[0].Length} pictures and their reconstructions");
        if (pictures.Traversal is not { } traversal) yield break;
        var numbers = Images(traversal, one).Chunk(DVaePictures.Changes.Count).ToArray();
        yield return new($"The prototype of the first of these pictures, under the transform that changes nothing but for one number at a time ({one.Words}). Rows: the numbers of its 2 x {numbers.Length / 2} matrix in reading order.",
            ImageFile.EncodePng(TraversalFigure.Grid([.. numbers])), "A prototype with each number of its transform changed alone")
        {
            ColumnTitles = [.. DVaePictures.Changes.Select(change => change.ToString("+0.0;-0.0;0", System.Globalization.CultureInfo.InvariantCulture))],
        };
    }

    private static Image[] Images(float[] planes, Trained one)
    {
        var shape = one.Result.Shape;
        if (shape.Count != 3 || planes.Length == 0 || planes.Length % (shape[0] * shape[1] * shape[2]) != 0) throw new InputException($"{one.Run.Key}.safetensors holds other pictures than {one.Run.Key}.json says");
        return ShownPictures.ToImages(planes, shape[0], shape[1], shape[2]);
    }
}
