using Scenograph.Data;
using Scenograph.Models;
using Scenograph.Reports;
using Scenograph.Torch;
using Scenograph.Torch.Serialization;
using Scenograph.Training;

namespace Scenograph.Tests.Unit.Training;

public sealed class TrainerTests : IDisposable
{
    private readonly TemporaryFolder place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public void Two_runs_of_one_recipe_are_the_same_run()
    {
        var (first, second) = (TinyRun.Finish(TinyRun.Recipe(), place["a"]), TinyRun.Finish(TinyRun.Recipe(), place["b"]));

        AssertEqualRuns(first, second);
    }

    [Fact]
    public void Another_seed_is_another_run()
    {
        var (first, second) = (TinyRun.Finish(TinyRun.Recipe("training.steps=3"), place["a"]), TinyRun.Finish(TinyRun.Recipe("training.steps=3", "training.seed=1"), place["b"]));

        Assert.NotEqual(File.ReadAllText(first.MetricsPath), File.ReadAllText(second.MetricsPath));
    }

    [Theory]
    [InlineData]
    [InlineData("training.precision=bf16", "training.gradient_clip=1")]
    [InlineData("training.ema=0.9", "training.optimiser.name=rmsprop")]
    [InlineData("training.learning_rate_schedule=decay(10,20,0.5)", "training.optimiser.name=adamw")]
    [InlineData("training.learning_rate_schedule=plateau", "training.optimiser.learning_rate=0.05", "training.validate_every=1")]
    [InlineData("model.start=learned", "model.last_iteration_gradient=true", "training.optimiser.name=sgd", "training.optimiser.learning_rate=1e-6")]
    public void An_interrupted_run_goes_on_as_if_unbroken(params string[] overrides)
    {
        var recipe = TinyRun.Recipe(overrides);
        var unbroken = TinyRun.Finish(recipe, place["unbroken"]);
        using (var folder = TinyRun.Begin(recipe, place["broken"]))
        using (var trainer = new Trainer(recipe, folder))
        using (var stop = new CancellationTokenSource())
        {
            var outcome = trainer.Run(new AfterStep(step => { if (step == 8) stop.Cancel(); }), stop.Token);
            Assert.Equal((8, false), (outcome.Step, outcome.Finished));
        }

        Assert.True(TinyRun.Resume(recipe, place["broken"]).Finished);

        AssertEqualRuns(unbroken, RunFolder.Open(place["broken"]));
    }

    [Fact]
    public void A_plateau_of_the_validation_error_reduces_the_learning_rate()
    {
        var run = TinyRun.Finish(TinyRun.Recipe("training.learning_rate_schedule=plateau", "training.optimiser.learning_rate=0.05", "training.validate_every=1"), place["a"]);

        var rates = MetricsLog.Read(run.MetricsPath).Records.Where(line => line.Kind == "train").Select(line => line.Values.Single(value => value.Key == "learning_rate").Value).ToList();
        Assert.Equal([0.05, 0.005, 0.0005, 0.00005], rates.Select(rate => Math.Round(rate, 9)).Distinct());
    }

    [Fact]
    public void A_plateau_needs_a_validation_to_watch()
    {
        var recipe = TinyRun.Recipe("training.learning_rate_schedule=plateau", "training.validate_every=0");
        using var folder = TinyRun.Begin(recipe, place["a"]);

        Assert.Contains("watches the validation error", Assert.Throws<InputException>(() => new Trainer(recipe, folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_was_stopped_before_its_first_step_goes_on_from_there()
    {
        var recipe = TinyRun.Recipe("training.steps=6");
        using (var folder = TinyRun.Begin(recipe, place["a"]))
        using (var trainer = new Trainer(recipe, folder))
        {
            Assert.Equal(0, trainer.Run(null, new CancellationToken(canceled: true)).Step);
        }

        TinyRun.Resume(recipe, place["a"]);

        AssertEqualRuns(TinyRun.Finish(recipe, place["b"]), RunFolder.Open(place["a"]));
    }

    [Theory]
    [InlineData(6)]  // A validation on the way.
    [InlineData(20)] // The last one, after all steps.
    public void An_interrupted_validation_is_made_up_for(int at)
    {
        var recipe = TinyRun.Recipe();
        var unbroken = TinyRun.Finish(recipe, place["unbroken"]);
        using var stop = new CancellationTokenSource();
        Trainer? running = null;
        var scenes = new Watched(DataSets.Open(recipe.Data.Validation!, Split.Validation, options: recipe.Data.Options), () => { if (running!.Step == at) stop.Cancel(); });
        using (var folder = TinyRun.Begin(recipe, place["broken"]))
        using (running = new Trainer(recipe, folder, DataSets.Open(recipe.Data.Train, Split.Train, options: recipe.Data.Options), scenes))
        {
            Assert.False(running.Run(null, stop.Token).Finished);
        }
        Assert.Equal(at, MetricsLog.Read(Path.Combine(place["broken"], "metrics.jsonl")).Records[^1].Step);

        TinyRun.Resume(recipe, place["broken"]);

        AssertEqualRuns(unbroken, RunFolder.Open(place["broken"]));
    }

    [Fact]
    public void More_steps_can_be_asked_of_a_finished_run()
    {
        TinyRun.Finish(TinyRun.Recipe("training.steps=12"), place["a"]);

        TinyRun.Resume(TinyRun.Recipe(), place["a"]);

        AssertEqualRuns(TinyRun.Finish(TinyRun.Recipe(), place["b"]), RunFolder.Open(place["a"]));
    }

    [Fact]
    public void Checkpoints_are_kept_as_often_as_the_recipe_asks()
    {
        var run = TinyRun.Finish(TinyRun.Recipe("training.keep_every=8"), place["a"]);

        Assert.Equal(
            ["best.safetensors", "last.safetensors", "step-16.safetensors", "step-8.safetensors"],
            Directory.GetFiles(run.CheckpointsPath).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_best_checkpoint_is_that_of_the_smallest_validation_error()
    {
        var run = TinyRun.Finish(TinyRun.Recipe("training.optimiser.learning_rate=0.05"), place["a"]);

        var errors = MetricsLog.Read(run.MetricsPath).Curve("validation", "MSE");
        using var best = SafetensorsFile.Open(run.BestCheckpointPath);
        Assert.Equal(errors.MinBy(point => point.Value).Step, long.Parse(best.Metadata["step"], null));
    }

    [Fact]
    public void A_trained_model_is_used_with_the_average_of_its_weights_where_there_is_one()
    {
        var run = TinyRun.Finish(TinyRun.Recipe("training.ema=0.5"), place["a"]);

        using var file = SafetensorsFile.Open(run.LastCheckpointPath);
        using var loaded = LoadedRun.Open(run.FolderPath);
        foreach (var (name, value) in loaded.Model.NamedParameters())
        {
            Assert.Equal(file.ReadBytes("average." + name), value.ToBytes());
        }
        Assert.NotEqual(file.ReadBytes("average.mlp.0.weight"), file.ReadBytes("model.mlp.0.weight"));
    }

    [Fact]
    public void Validation_measures_what_will_be_used()
    {
        var recipe = TinyRun.Recipe("training.ema=0.5");
        var run = TinyRun.Finish(recipe, place["a"]);

        using var loaded = LoadedRun.Open(run.FolderPath);
        var scenes = DataSets.Open(recipe.Data.Validation!, Split.Validation, options: recipe.Data.Options);
        var again = ModelEvaluation.Measure(loaded.Decomposer, scenes, 8, 4, (ulong)recipe.Training.Seed + 2, loaded.Device);

        Assert.Equal(MetricsLog.Read(run.MetricsPath).Curve("validation", "MSE")[^1].Value, again.Metrics["MSE"]);
    }

    [Fact]
    public void A_batch_without_a_finite_loss_is_skipped_and_counted()
    {
        var recipe = TinyRun.Recipe("training.steps=12", "training.validate_every=0", "data.validation=null");
        var run = TinyRun.Begin(recipe, place["a"]);
        using var trainer = new Trainer(recipe, run, new WithBrokenScene(DataSets.Open(recipe.Data.Train, Split.Train, options: recipe.Data.Options), 7), null);

        var outcome = trainer.Run();
        run.Dispose();

        Assert.Equal((true, 1), (outcome.Finished, outcome.Skipped)); // 40 scenes: each is met once in ten steps
        Assert.All(trainer.Model.NamedParameters(), parameter => Assert.All(parameter.Value.Detach().ToArray<float>(), value => Assert.True(float.IsFinite(value))));
        var losses = MetricsLog.Read(run.MetricsPath).Curve("train", "loss");
        Assert.Equal(1, losses.Count(point => double.IsNaN(point.Value)));
        Assert.Equal(1, MetricsLog.Read(run.MetricsPath).Curve("train", "skipped_steps")[^1].Value);
    }

    [Fact]
    public void Over_the_limit_the_run_ends_with_step_term_and_images()
    {
        var recipe = TinyRun.Recipe("training.nan_limit=0", "data.validation=null");
        using var run = TinyRun.Begin(recipe, place["a"]);
        using var trainer = new Trainer(recipe, run, new WithBrokenScene(DataSets.Open(recipe.Data.Train, Split.Train, options: recipe.Data.Options), 7), null);

        var message = Assert.Throws<TrainingFailedException>(() => trainer.Run()).Message;

        Assert.Matches(@"^training stopped at step \d+: term 'reconstruction' is NaN on images (\d+, )*7\b", message);
        Assert.EndsWith($"the last good checkpoint is {run.LastCheckpointPath}", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    public static TheoryData<string, string> Breaking => new()
    {
        { "efficient-morl", "nll/0" },
        { "genesis-v2", "reconstruction" },
        { "iodine", "nll/1" },
        { "iodine, likelihoods that underflow", "nll/2" },
        { "monet", "reconstruction" },
    };

    [Theory]
    [MemberData(nameof(Breaking))]
    public void The_term_that_broke_is_named_with_its_iteration(string model, string term)
    {
        object options = model switch
        {
            "efficient-morl" => new EfficientMorl.Options(Height: 16, Width: 16, Slots: 3, Size: 4, Filters: 4, DecoderFilters: 4, DecoderLayers: 1),
            "genesis-v2" => new GenesisV2.Options(Height: 32, Width: 32, Slots: 3, Size: 8),
            "iodine" => new Iodine.Options(Height: 16, Width: 16, Slots: 3, Size: 4, DecoderFilters: 4, RefinementFilters: 4, Hidden: 4),
            "monet" => new MONet.Options(Height: 16, Width: 16, Slots: 3, Blocks: 3, AttentionFilters: 2, EncoderFilters: [4], EncoderHidden: 4, DecoderFilters: [4]),
            _ => new Iodine.Options(Iodine.Version.ZhixuanLin, Height: 16, Width: 16, Slots: 3, Size: 4, DecoderFilters: 4, RefinementFilters: 4, Hidden: 4, Sigma: 0.01, StableMaskPosterior: false),
        };
        var size = model == "genesis-v2" ? "sprites-(32,32)" : "sprites-(16,16)";
        var recipe = TinyRun.Recipe("training.nan_limit=0", "data.validation=null", $"data.train={size}") with { Model = new(model.Split(',')[0], options) };
        using var run = TinyRun.Begin(recipe, place["a"]);
        using var trainer = new Trainer(recipe, run, new WithBrokenScene(DataSets.Open(size, Split.Train, options: recipe.Data.Options), model.Contains(',', StringComparison.Ordinal) ? -1 : 7), null);

        var message = Assert.Throws<TrainingFailedException>(() => trainer.Run()).Message;

        Assert.Matches($@"^training stopped at step \d+: term '{term}' is NaN on images \d+", message);
    }

    [Fact]
    public void Weights_that_diverged_never_replace_a_checkpoint()
    {
        var recipe = TinyRun.Recipe("training.steps=60", "training.optimiser.name=sgd", "training.optimiser.learning_rate=1000", "training.nan_limit=20", "training.checkpoint_every=1", "data.validation=null");
        using var run = TinyRun.Begin(recipe, place["a"]);
        using var trainer = new Trainer(recipe, run);

        Assert.Throws<TrainingFailedException>(() => trainer.Run());

        using var file = SafetensorsFile.Open(run.LastCheckpointPath);
        using var scope = TensorScope.Begin();
        var steps = MetricsLog.Read(run.MetricsPath).Curve("train", "gradient_norm");
        Assert.Equal(steps.Last(point => double.IsFinite(point.Value)).Step, long.Parse(file.Metadata["step"], null));
    }

    [Fact]
    public void A_model_of_another_size_is_refused_with_what_to_set() => Assert.Equal(
        "data 'sprites-(32,32)' has images of 3x32x32, the model takes 3x16x16; set model.channels=3 model.height=32 model.width=32, or give the spec a size, e.g. -(16,16)",
        Refusal(() => new Trainer(TinyRun.Recipe("data.train=sprites-(32,32)"), TinyRun.Begin(TinyRun.Recipe(), place["a"]))));

    [Fact]
    public void Fewer_scenes_than_a_batch_are_refused() => Assert.Contains("fewer than training.batch=4",
        Refusal(() => new Trainer(TinyRun.Recipe("data.options.count=3"), TinyRun.Begin(TinyRun.Recipe(), place["a"]))), StringComparison.Ordinal);

    private static string Refusal(Func<object> action) => Assert.Throws<InputException>(action).Message;

    private static void AssertEqualRuns(RunFolder expected, RunFolder actual)
    {
        Assert.Equal(File.ReadAllText(expected.MetricsPath), File.ReadAllText(actual.MetricsPath));
        foreach (var name in new[] { expected.LastCheckpointPath, expected.BestCheckpointPath }.Where(File.Exists).Select(Path.GetFileName))
        {
            Assert.True(
                File.ReadAllBytes(Path.Combine(expected.CheckpointsPath, name!)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(actual.CheckpointsPath, name!))),
                $"{name} differs");
        }
    }

    /// <summary>Calls back whenever a scene is read.</summary>
    private sealed class Watched(IDataSet source, Action onRead) : WrappedSet(source)
    {
        public override Sample Read(int index)
        {
            onRead();
            return base.Read(index);
        }
    }

    /// <summary>One scene has a pixel that is not a number.</summary>
    private sealed class WithBrokenScene(IDataSet source, int broken) : WrappedSet(source)
    {
        public override Sample Read(int index)
        {
            var sample = base.Read(index);
            if (index == broken) sample.Image[5] = float.NaN;
            return sample;
        }
    }

    private abstract class WrappedSet(IDataSet source) : IDataSet
    {
        public string Name => source.Name;

        public int Count => source.Count;

        public int Channels => source.Channels;

        public int Height => source.Height;

        public int Width => source.Width;

        public int MaskCount => source.MaskCount;

        public virtual Sample Read(int index) => source.Read(index);
    }
}
