using Scenograph.Data;
using Scenograph.Models;
using Scenograph.Reports;
using Scenograph.Training;
using Scenograph.Training.Recipes;

namespace Scenograph.Tests.Learning;

/// <summary>
/// A short real training. Two or three large sprites overlap so much that patches of touching pixels tell little about objects
/// (<see cref="ConnectedComponents"/> reaches an ARI-FG of 0.37), and a network that has learned nothing scores about 0.
/// </summary>
public sealed class SlotAttentionLearningTests : IDisposable
{
    private const string Recipe = """
        name: learning
        model:
          name: slot-attention
          height: 24
          width: 24
          slots: 4
          size: 32
          hidden: 64
          filters: 24
          encoder_strides: [1, 2, 1]
          decoder_start: 6
          decoder_strides: [2, 2]
          layer_norm: channels
          start: learned
          last_iteration_gradient: true
          epsilon: 0.02
        data:
          train: sprites-(24,24)
          validation: sprites-(24,24)
          options:
            count: 20000
            sprites: { minimum_objects: 2, maximum_objects: 3, rotate: false, minimum_side: 0.3, maximum_side: 0.45 }
        training:
          steps: 600
          batch: 32
          optimiser: { name: adam, learning_rate: 0.001 }
          learning_rate_schedule: warm(100)
          gradient_clip: 100
          log_every: 20
          validate_every: 600
          checkpoint_every: 0
        evaluation: { images: 128, batch: 64 }
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("scenograph-learning-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Slot_attention_learns_to_tell_overlapping_sprites_apart()
    {
        var recipe = RecipeReader.Parse(Recipe, "learning.yaml", ModelCatalogue.Instance);
        using var run = RunFolder.CreateAt(Path.Combine(folder, "run"));
        run.WriteRecipe(recipe);
        using (var trainer = new Trainer(recipe, run)) Assert.True(trainer.Run().Finished);

        var history = MetricsLog.Read(run.MetricsPath);
        var losses = history.Curve("train", "loss");
        var score = history.Curve("validation", "ARI-FG")[^1].Value;
        var baseline = ConnectedComponents.AriForeground(DataSets.Open(recipe.Data.Validation!, Split.Validation, options: recipe.Data.Options), recipe.Evaluation.Images);

        Assert.True(losses.TakeLast(3).Average(point => point.Value) < LossShare * losses[0].Value, $"the loss went from {losses[0].Value:F1} to {losses[^1].Value:F1} only");
        Assert.True(score > LeastScore, $"ARI-FG {score:F3}");
        Assert.True(score > baseline + LeastGain, $"ARI-FG {score:F3}, that of connected components {baseline:F3}");
    }

    private const double LossShare = 0.5;
    private const double LeastScore = 0.45;
    private const double LeastGain = 0.1;
}
