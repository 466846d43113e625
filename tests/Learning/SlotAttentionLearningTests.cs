namespace Scenograph.Tests.Learning;

/// <summary>
/// A short real training. Two large sprites of different colours overlap so often that patches of touching pixels tell little about
/// objects (<see cref="ConnectedComponents"/>), and a network that has learned nothing scores about 0.
/// </summary>
public sealed class SlotAttentionLearningTests
{
    private const string Recipe = """
        name: learning
        model:
          name: slot-attention
          height: 24
          width: 24
          slots: 3
          size: 32
          hidden: 64
          filters: 24
          encoder_strides: [1, 2, 1]
          decoder_start: 6
          decoder_strides: [2, 2]
          layer_norm: channels
          start: spread
          he_initialisation: true
        data:
          train: sprites-(24,24)
          validation: sprites-(24,24)
          options:
            count: 20000
            sprites: { minimum_objects: 2, maximum_objects: 2, rotate: false, minimum_side: 0.35, maximum_side: 0.5, minimum_color_distance: 0.7 }
        training:
          steps: 600
          batch: 32
          optimiser: { name: adam, learning_rate: 0.001 }
          learning_rate_schedule: warm(100)
          gradient_clip: 100
          threads: 1 # such small products only wait for each other on more
          log_every: 20
          validate_every: 600
          checkpoint_every: 0
        evaluation: { images: 128, batch: 64 }
        """;

    private const double MostLossShare = 0.65;
    private const double LeastScore = 0.4;
    private const double LeastGain = 0.1;

    /// <summary>
    /// Tries of 600 steps with seeds 0, 1, 2 ended with an ARI-FG of 0.56, 0.50 (at step 500) and 0.50 against 0.29 for connected
    /// components, and a loss of less than 0.6 of the first; with seed 3 one slot still painted both sprites. So a second seed
    /// has its turn where rounding on another processor leads the first astray; what has learned nothing fails with both.
    /// </summary>
    [Fact]
    public void Slot_attention_learns_to_tell_overlapping_sprites_apart()
    {
        var first = ShortTraining.Run(Recipe, seed: 0);
        Assert.True(first.LossShare < MostLossShare, $"the loss is still {first.LossShare:F2} of the first");
        if (first.Score > LeastScore && first.Score > first.Baseline + LeastGain)
        {
            return;
        }
        var second = ShortTraining.Run(Recipe, seed: 1);
        Assert.True(second.Score > LeastScore, $"ARI-FG {first.Score:F3} and {second.Score:F3}");
        Assert.True(second.Score > second.Baseline + LeastGain, $"ARI-FG {second.Score:F3}, that of connected components {second.Baseline:F3}");
    }
}
