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
        training:
          steps: 600
          batch: 32
          optimiser: { name: adam, learning_rate: 0.001 }
          learning_rate_schedule: warm(100)
          gradient_clip: 100
        """ + "\n" + ShortTraining.OverlappingSprites;

    /// <summary>
    /// Tries of 600 steps with seeds 0, 1, 2 ended with an ARI-FG of 0.56, 0.50 (at step 500) and 0.50 against 0.29 for connected
    /// components, and a loss of less than 0.6 of the first; with seed 3 one slot still painted both sprites.
    /// </summary>
    [Fact]
    public void Slot_attention_learns_to_tell_overlapping_sprites_apart() => ShortTraining.AssertLearns(Recipe, leastScore: 0.4);
}
