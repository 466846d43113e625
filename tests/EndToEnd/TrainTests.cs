using System.Text.Json;
using Scenograph.Models;
using Scenograph.Reports;
using Scenograph.Training.Recipes;
using Scenograph.Torch.Images;

namespace Scenograph.Tests.EndToEnd;

/// <summary>What a training leaves in its folder, and which trainings are refused.</summary>
[Collection(WithTrainedRun.Name)]
public sealed class TrainTests(TrainedRun run) : IDisposable
{
    private readonly TemporaryFolder folder = TinyRecipe.Folder();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Training_answers_with_where_and_how_it_ended()
    {
        Assert.True(run.Training.ExitCode == 0, run.Training.Error);
        var answer = run.Training.Json;

        Assert.Equal("run", answer.GetProperty("run").GetString());
        Assert.Equal((30, true), (answer.GetProperty("step").GetInt32(), answer.GetProperty("finished").GetBoolean()));
        Assert.True(double.IsFinite(answer.GetProperty("loss").GetDouble()));
        Assert.True(answer.GetProperty("metrics").TryGetProperty("ARI-FG", out _));
        Assert.Equal("run/report.html", answer.GetProperty("report").GetString());
    }

    [Fact]
    public void The_resolved_recipe_reads_back_equal_and_has_what_was_set()
    {
        var text = File.ReadAllText(run["recipe.yaml"]);
        var recipe = RecipeReader.Read(run["recipe.yaml"], ModelCatalogue.Instance);

        Assert.Equal(text, RecipeWriter.Write(recipe));
        Assert.Equal((30, 3L, 15), (recipe.Training.Steps, recipe.Training.Seed, recipe.Training.ValidateEvery));
        Assert.Equal(16, Assert.IsType<SlotAttentionAutoEncoder.Options>(recipe.Model.Options).Height);
    }

    [Fact]
    public void Every_logged_step_and_validation_is_a_line_of_the_metrics()
    {
        var history = MetricsLog.Read(run["metrics.jsonl"]);

        Assert.Equal(Enumerable.Range(1, 30).Select(step => (double)step), history.Curve("train", "loss").Select(point => point.Step));
        Assert.Equal([15.0, 30.0], history.Curve("validation", "ARI-FG").Select(point => point.Step));
        Assert.Equal(["loss", "reconstruction", "gradient_norm", "learning_rate"], history.Names("train"));
    }

    [Fact]
    public void TensorBoard_finds_scalars_pictures_and_histograms()
    {
        var values = EventFile.Read(Assert.Single(Directory.GetFiles(run["tensorboard"]))).ToList();

        Assert.Equal(30, values.Count(value => value is { Tag: "train/loss", Kind: EventKind.Scalar }));
        Assert.Equal([15, 30], values.Where(value => value is { Tag: "validation/ARI-FG", Kind: EventKind.Scalar }).Select(value => value.Step));
        Assert.All(["decomposition", "reconstruction", "components", "masks"], name =>
        {
            var pictures = values.Where(value => value.Tag == $"validation/{name}" && value.Kind == EventKind.Image).ToList();
            Assert.Equal(2, pictures.Count);
            Assert.True(ImageFile.Read(pictures[0].Picture!, name).Width > 16);
        });
        Assert.Contains(values, value => value is { Tag: "weights/slot_attention.slots_mu", Kind: EventKind.Histogram });
        var latents = values.Where(value => value is { Tag: "latents/slots", Kind: EventKind.Histogram }).ToList();
        Assert.Equal([15, 30], latents.Select(value => value.Step));
        Assert.All(latents, value => CheckHistogram(value.Histogram!, 8 * 3 * 8)); // scenes, slots, numbers
    }

    [Fact]
    public void Checkpoints_are_of_the_last_step_and_of_the_best_validation()
    {
        Assert.Equal(30, Waiting.StepOf(run["checkpoints/last.safetensors"]));
        Assert.Contains(Waiting.StepOf(run["checkpoints/best.safetensors"]), new long[] { 15, 30 });
    }

    [Fact]
    public void The_report_has_curves_pictures_metrics_recipe_and_environment_and_needs_no_other_file()
    {
        var page = File.ReadAllText(run["report.html"]);

        Assert.All(["<svg", "data:image/png;base64,", "ARI-FG", "decoder_strides", "libtorch", "Gradient norm"], part => Assert.Contains(part, page, StringComparison.Ordinal));
        Assert.DoesNotMatch(@"(src|href)=""(?!data:|#)", page);
    }

    [Fact]
    public void A_run_that_diverges_ends_with_what_broke_and_exit_code_1()
    {

        var outcome = ScenographProgram.RunIn(folder.Path, "train", "tiny.yaml", "--out", "run", "--json",
            "--set", "training.optimiser.name=sgd", "--set", "training.optimiser.learning_rate=1000", "--set", "training.nan_limit=2");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Empty(outcome.Output);
        Assert.Matches(@"^training stopped at step \d+: .+ on images \d+(, \d+){3}, and 3 steps were skipped \(training.nan_limit=2\); the last good checkpoint is run/checkpoints/last.safetensors\n$", outcome.Error);
        Assert.True(Waiting.StepOf(folder["run/checkpoints/last.safetensors"]) >= 0);
    }

    [Theory]
    [InlineData("data.train=sprites-(32,32)", "the model takes 3x16x16")]
    [InlineData("data.train=clevr_folder:[nowhere]", "nowhere")]
    [InlineData("training.batch=100", "fewer than training.batch=100")]
    [InlineData("model.slot=3", "did you mean model.slots?")]
    [InlineData("model.slots=0", "model.slots")]
    [InlineData("training.learning_rate_schedule=decay(", "decay(")]
    [InlineData("training.device=cuda:9", "cuda:9")]
    public void A_recipe_that_cannot_be_trained_is_refused_and_leaves_nothing_behind(string setting, string part)
    {

        var sentence = ScenographProgram.RunIn(folder.Path, "train", "tiny.yaml", "--out", "run", "--set", setting, "--quiet", "--json").OneSentence();

        Assert.Contains(part, sentence, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Theory]
    [InlineData("efficient-morl", "model.output_kernel=4", "model.output_kernel is 4; an odd number is expected")]
    [InlineData("genesis-v2", "model.height=37", "model.height is 37; a multiple of")]
    [InlineData("genesis-v2", "model.size=31", "model.size is 31; a multiple of")]
    [InlineData("iodine", "model.decoder_kernel=4", "model.decoder_kernel is 4; an odd number is expected")]
    [InlineData("iodine", "model.height=34", "the model takes 3x34x32")]
    [InlineData("monet", "model.blocks=10", "model.blocks is 10: images of 32x32 would shrink to 0x0")]
    [InlineData("monet", "model.channels=1", "has images of 3x32x32, the model takes 1x32x32")]
    [InlineData("iodine", "model.slots=0", "model.slots")]
    public void A_model_that_cannot_take_the_images_is_refused(string model, string setting, string part)
    {
        var recipe = Path.Combine(RepositoryRoot.Path, "recipes", model, "small.yaml");

        Assert.Contains(part, ScenographProgram.RunIn(folder.Path, "train", recipe, "--out", "run", "--set", setting, "--quiet", "--json").OneSentence(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_iterative_model_that_diverges_ends_with_the_iteration_that_broke()
    {
        var recipe = Path.Combine(RepositoryRoot.Path, "recipes/iodine/small.yaml");

        var outcome = ScenographProgram.RunIn(folder.Path, "train", recipe, "--out", "run", "--quiet", "--json", "--set", "model.version=zhixuan-lin", "--set", "model.sigma=0.001",
            "--set", "model.stable_mask_posterior=false", "--set", "training.nan_limit=0", "--set", "training.batch=1", "--set", "training.validate_every=0");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Matches(@"^training stopped at step 1: term 'nll/2' is NaN on images \d+, and 1 step was skipped \(training.nan_limit=0\)", outcome.Error);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public void A_truncated_checkpoint_is_nothing_to_resume_from(int length)
    {
        Copy(run.RunPath, folder["run"]);
        var checkpoint = folder["run/checkpoints/last.safetensors"];
        File.WriteAllBytes(checkpoint, File.ReadAllBytes(checkpoint)[..length]);
        var metrics = File.ReadAllText(folder["run/metrics.jsonl"]);

        var outcome = ScenographProgram.RunIn(folder.Path, "train", "--resume", "run", "--steps", "40", "--json");

        Assert.StartsWith("run/checkpoints/last.safetensors: the ", outcome.OneSentence(), StringComparison.Ordinal);
        Assert.Equal(metrics, File.ReadAllText(folder["run/metrics.jsonl"]));
        Assert.Equal(File.ReadAllText(run["recipe.yaml"]), File.ReadAllText(folder["run/recipe.yaml"])); // not the 40 steps
    }

    [Fact]
    public void A_resumed_run_takes_more_steps_but_no_other_model()
    {
        Copy(run.RunPath, folder["run"]);

        Assert.Contains("slots_mu", ScenographProgram.RunIn(folder.Path, "train", "--resume", "run", "--set", "model.start=learned", "--json").OneSentence(), StringComparison.Ordinal);
        var more = ScenographProgram.RunIn(folder.Path, "train", "--resume", "run", "--steps", "32", "--json");

        Assert.Equal((0, 32), (more.ExitCode, more.Json.GetProperty("step").GetInt32()));
    }

    [Fact]
    public void A_folder_without_write_permission_takes_no_run()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // Permissions are another thing there.
        }
        Directory.CreateDirectory(folder["sealed"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string[] command = [ScenographProgram.Path, "train", "tiny.yaml", "--out", "sealed/run"];
        // Root may write everywhere; without this capability it may not.
        if (Environment.UserName == "root")
        {
            command = ["setpriv", "--bounding-set=-dac_override", .. command];
        }

        using var process = ScenographProgram.StartProgram(command[0], folder.Path, null, command[1..]);

        Assert.Equal("sealed/run cannot be written: no write permission there", ScenographProgram.Finish(process).OneSentence());
    }

    [Fact]
    public void The_demo_ends_with_its_line_of_results()
    {
        var outcome = ScenographProgram.RunIn(folder.Path, "demo", "--steps", "1", "--quiet", "--out", "demo");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Matches(@"\nARI-FG -?\d\.\d+  mIoU \d\.\d+  mse \d+\.\d+  seconds \d+  report demo/report\.html\n$", outcome.Output);
        Assert.True(File.Exists(folder["demo/report.html"]));
    }

    /// <summary>What TensorBoard needs to draw it: rising limits, a count for each, and counts, sums and ends that agree.</summary>
    private static void CheckHistogram(Histogram histogram, int number)
    {
        Assert.Equal(number, histogram.Number);
        Assert.Equal(number, histogram.Counts.Sum());
        Assert.Equal(histogram.Limits.Count, histogram.Counts.Count);
        Assert.Equal(histogram.Limits.Distinct().Order(), histogram.Limits);
        Assert.InRange(histogram.Sum / number, histogram.Minimum, histogram.Maximum);
        Assert.True(histogram.SumOfSquares * number >= histogram.Sum * histogram.Sum * (1 - 1e-9));
        var last = Enumerable.Range(0, histogram.Counts.Count).Last(i => histogram.Counts[i] > 0);
        Assert.InRange(histogram.Maximum, last == 0 ? double.NegativeInfinity : histogram.Limits[last - 1], histogram.Limits[last]);
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
