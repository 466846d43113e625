namespace Scenograph.Tests.Learning;

/// <summary>A short real training of MONet on two large sprites that overlap, each of which should get its component.</summary>
public sealed class MonetLearningTests
{
    private const string Recipe = """
        name: learning
        model:
          name: monet
          height: 24
          width: 24
          slots: 3
          blocks: 3
          attention_filters: 16
          latent_size: 8
          encoder_hidden: 64
          encoder_filters: [16, 32, 32]
          decoder_filters: [24, 24]
          background_scale: 0.09
          foreground_scale: 0.11
          channel_mixture: false
          deviation_start: 0.1
        training:
          steps: 900
          batch: 16
          optimiser: { name: adam, learning_rate: 0.001 }
          learning_rate_schedule: warm(100)
          gradient_clip: 1000
        """ + "\n" + ShortTraining.OverlappingSprites;

    /// <summary>Seed 0 ended with an ARI-FG of 0.76, after 600 steps it was 0.77; connected components have 0.29.</summary>
    [Fact]
    public void MONet_learns_to_tell_overlapping_sprites_apart() => ShortTraining.AssertLearns(Recipe, leastScore: 0.5);
}
