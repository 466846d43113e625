using Scenograph.Models;
using Scenograph.Training;
using Scenograph.Training.Recipes;

namespace Scenograph.Tests.Unit.Training;

public sealed class EfficientMorlResumeTests
{
    private const string Text = """
        name: tiny
        model: { name: efficient-morl, height: 16, width: 16, slots: 3, size: 4, layers: 2, iterations: 2, curriculum: [[10, 1]], filters: 6, decoder_filters: 6, decoder_layers: 1,
          geco_start: 2, geco_rate: 0.01 }
        data: { train: "sprites-(16,16)", validation: "sprites-(16,16)", options: { count: 40 } }
        training: { steps: 14, batch: 4, optimiser: { learning_rate: 0.001 }, threads: 1, log_every: 1, validate_every: 6, checkpoint_every: 5 }
        evaluation: { images: 8, batch: 4 }
        """;

    [Fact]
    public void An_interrupted_run_has_the_controllers_state_of_the_unbroken_one()
    {
        using var place = new TemporaryFolder();
        var recipe = RecipeReader.Parse(Text, "tiny.yaml", ModelCatalogue.Instance, []);
        var unbroken = TinyRun.Finish(recipe, place["unbroken"]);
        using (var folder = TinyRun.Begin(recipe, place["broken"]))
        using (var trainer = new Trainer(recipe, folder))
        using (var stop = new CancellationTokenSource())
        {
            trainer.Run(new AfterStep(step => { if (step == 8) stop.Cancel(); }), stop.Token);
        }

        Assert.True(TinyRun.Resume(recipe, place["broken"]).Finished);

        var metrics = File.ReadAllText(unbroken.MetricsPath);
        Assert.Contains("geco/constraint", metrics, StringComparison.Ordinal);
        Assert.Equal(metrics, File.ReadAllText(RunFolder.Open(place["broken"]).MetricsPath));
        Assert.Equal(File.ReadAllBytes(unbroken.LastCheckpointPath), File.ReadAllBytes(RunFolder.Open(place["broken"]).LastCheckpointPath));
    }
}
