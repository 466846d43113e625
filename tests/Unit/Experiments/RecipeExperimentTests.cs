using Scenograph.Estimators;
using Scenograph.Experiments;
using Scenograph.Experiments.Discrete;
using Scenograph.Models;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Experiments;

/// <summary>What is trained, and how an interrupted experiment goes on.</summary>
[Collection(ProcessWide.Name)] // sums depend on the number of threads, which is the process's and other tests set
public sealed class RecipeExperimentTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Without_a_change_the_trainings_are_the_published_ones()
    {
        var plan = Plan(new DVaeExperiment(transformed: true), new());

        Assert.Equal(60, plan.Count);
        Assert.Equal(["full-mnist_d-vae-st_10_reinforce_0", "full-mnist_d-vae-st_10_nvil_0"], plan.Take(2).Select(run => run.Name.Key));
        Assert.All(plan, run => Assert.Equal((9000, 1000, "full_mnist"), (run.Recipe.Training.Steps, run.Recipe.Training.Batch, run.Recipe.Data.Train)));
        Assert.All(plan, run => Assert.True(((DVae.StOptions)run.Recipe.Model.Options).Estimator is { Clamp: true, LossParameters: true, LearnEta: false, BroadcastBaseline: true }));
        Assert.Equal(Enumerable.Range(0, 10), plan.Select(run => (int)run.Recipe.Training.Seed).Distinct());
    }

    [Fact]
    public void Without_quirks_our_defaults_hold()
    {
        var options = (DVae.StOptions)Plan(new DVaeExperiment(transformed: true), new(Repetitions: 1, Estimators: ["rebar"], Set: ["quirks=false"]))[0].Recipe.Model.Options;

        Assert.Equal(new DVae.StOptions().Estimator with { Kind = EstimatorKind.Rebar }, options.Estimator);
        Assert.False(options.FreshTransforms);
    }

    [Fact]
    public void Over_clustering_trains_with_as_many_clusters_as_classes_one_more_and_two_more() =>
        Assert.Equal([3, 4, 5], Plan(new OverClustering(), new(Repetitions: 1, Estimators: ["exact"], DataSet: "simplified-mnist")).Select(run => run.Name.Size));

    [Fact]
    public void AIR_and_DAIR_keep_the_published_NVIL_unless_another_estimator_is_asked_for()
    {
        var plan = Plan(new AirVsDair(), new(Repetitions: 1, Estimators: ["nvil", "exact"]));

        Assert.Equal(["multi-mnist_air_10_nvil_0", "multi-mnist_air_10_exact_0", "multi-mnist_dair_10_nvil_0", "multi-mnist_dair_10_exact_0"], plan.Select(run => run.Name.Key));
        Assert.Null(((GlimpseModel.GlimpseOptions)plan[0].Recipe.Model.Options).Estimator);
        Assert.Equal(EstimatorKind.Exact, ((GlimpseModel.GlimpseOptions)plan[1].Recipe.Model.Options).Estimator!.Kind);
    }

    [Fact]
    public void Recipes_can_be_changed_by_their_own_keys()
    {
        var plan = Plan(new AirVsDair(), new(Repetitions: 1, Steps: 7, Set: ["models=dair", "model.size=12", "training.batch=50"]));

        var run = Assert.Single(plan);
        Assert.Equal(("dair", 12, 7, 50), (run.Name.Model, run.Name.Size, run.Recipe.Training.Steps, run.Recipe.Training.Batch));
    }

    [Fact]
    public void A_recipe_of_ones_own_takes_the_published_ones_place()
    {
        var path = Recipe("d-vae", "full_mnist");

        Assert.Equal(123, Plan(new DVaeExperiment(transformed: false), new(Repetitions: 1, Set: [$"recipe={path}"]))[0].Recipe.Training.Steps);
        Assert.Contains("trains d-vae; a recipe of d-vae-st is needed", Refusal(new DVaeExperiment(transformed: true), new(Set: [$"recipe={path}"])), StringComparison.Ordinal);
        Assert.Contains("--dataset fashion-mnist is 'fashion_mnist'", Refusal(new DVaeExperiment(transformed: false), new(DataSet: "fashion-mnist", Set: [$"recipe={path}"])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.estimator.kind=nvil", "by --estimators")]
    [InlineData("training.steps=5", "by --steps")]
    [InlineData("training.seed=5", "by --seed")]
    [InlineData("model.slots=5", "slots is not an option of d-vae")]
    [InlineData("recipe=nowhere.yaml", "nowhere.yaml")]
    [InlineData("quirk=false", "did you mean quirks?")]
    public void What_does_not_fit_is_refused_in_one_sentence(string change, string answer) =>
        Assert.Contains(answer, Refusal(new DVaeExperiment(transformed: false), new(Set: [change])), StringComparison.Ordinal);

    [Fact]
    public void An_experiment_without_recipes_takes_no_changes_of_one() => Assert.Contains("model is not an option of estimator-variance",
        Assert.Throws<InputException>(() => ExperimentSettings.Resolve(new EstimatorVariance(), new(Set: ["model.size=3"]))).Message, StringComparison.Ordinal);

    [Fact]
    public void Data_that_are_not_there_are_missed_before_anything_is_written() =>
        Assert.Contains("not on this disk", Refusal(new DVaeExperiment(transformed: false), new(DataSet: "letters", Set: [$"data.root={folder.Path}"])), StringComparison.Ordinal);

    [Fact]
    public void An_interrupted_experiment_goes_on_to_the_results_of_an_unbroken_one()
    {
        DigitFiles.Write(folder, "mnist/");
        var experiment = new DVaeExperiment(transformed: true);
        var settings = ExperimentSettings.Resolve(experiment, new(1, 12, ["relax", "exact"], Set:
            [$"data.root={folder.Path}", "data.options.count=60", "training.batch=20", "training.log_every=1", "training.validate_every=4", "training.checkpoint_every=4", "training.threads=1", "model.encoder_hidden=[16]", "model.localisation_hidden=[16]"]));
        ExperimentRunner.Run(experiment, settings, ExperimentFolder.Create(folder["unbroken"], settings));
        using var stop = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => ExperimentRunner.Run(experiment, settings, ExperimentFolder.Create(folder["broken"], settings), new Stopping("exact_0 (2 of 2): step 6 ", stop), stop.Token));
        var first = File.GetLastWriteTimeUtc(folder["broken/full-mnist_d-vae-st_10_relax_0.safetensors"]);
        Assert.False(File.Exists(folder["broken/full-mnist_d-vae-st_10_exact_0.safetensors"]));
        ExperimentRunner.Run(experiment, settings, ExperimentFolder.Create(folder["broken"], settings));

        Assert.Equal(first, File.GetLastWriteTimeUtc(folder["broken/full-mnist_d-vae-st_10_relax_0.safetensors"]));
        foreach (var name in new[] { "runs.csv", "results.csv", "nll-curves.csv", "full-mnist_d-vae-st_10_exact_0.json", "runs/full-mnist_d-vae-st_10_exact_0/metrics.jsonl" })
        {
            Assert.Equal(File.ReadAllText(folder[$"unbroken/{name}"]), File.ReadAllText(folder[$"broken/{name}"]));
        }
    }

    public void Dispose() => folder.Dispose();

    private static IReadOnlyList<PlannedRun> Plan(RecipeExperiment experiment, ExperimentRequest request) => experiment.Plan(ExperimentSettings.Resolve(experiment, request));

    private static string Refusal(Experiment experiment, ExperimentRequest request) =>
        Assert.Throws<InputException>(() => experiment.Check(ExperimentSettings.Resolve(experiment, request))).Message;

    private string Recipe(string model, string data) => folder.Write($"{model}.yaml", System.Text.Encoding.UTF8.GetBytes($$"""
        name: own
        model: { name: {{model}} }
        data: { train: {{data}}, validation: {{data}} }
        training: { steps: 123, batch: 10, optimiser: {} }
        evaluation: { images: 0 }
        """));

    /// <summary>Asks for an end at a certain line.</summary>
    private sealed class Stopping(string line, CancellationTokenSource stop) : IProgress<string>
    {
        public void Report(string value)
        {
            if (value.Contains(line, StringComparison.Ordinal)) stop.Cancel();
        }
    }
}
