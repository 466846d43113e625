namespace Scenograph.Tests.Learning;

/// <summary>A short real training of IODINE on two large sprites that overlap, each of which should get its component.</summary>
public sealed class IodineLearningTests
{
    private const string Recipe = """
        name: learning
        model:
          name: iodine
          version: zhixuan-lin
          height: 24
          width: 24
          slots: 3
          iterations: 3
          size: 16
          sigma: 0.4
          kl_weight: 0.1
          joint_channels: true
          decoder_filters: 24
          decoder_layers: 3
          output_kernel: 5
          output_stride: 2
          refinement_filters: 24
          refinement_layers: 3
          hidden: 48
          he_initialisation: true
          deviation_start: 0.2
        training:
          steps: 1000
          batch: 8
          optimiser: { name: adam, learning_rate: 0.001, betas: [0.9, 0.99] }
          learning_rate_schedule: cosine(50,1000)
          gradient_clip: 5
        """ + "\n" + ShortTraining.OverlappingSprites;

    [Fact]
    public void Iodine_learns_to_tell_overlapping_sprites_apart() => ShortTraining.AssertLearns(Recipe, leastScore: 0.5);
}
