namespace Scenograph.Tests.Learning;

/// <summary>A short real training of GENESIS-V2 on two sprites that often touch or overlap: the start of recipes/genesis-v2/small.yaml.</summary>
public sealed class GenesisV2LearningTests
{
    private const string Recipe = """
        name: learning
        model:
          name: genesis-v2
          height: 32
          width: 32
          slots: 3
          size: 32
          groups: 4
          show_places: true
          decoder_strides: [1, 2, 1, 2]
          deviation_start: 0.1
          channel_mixture: false
          pixel_deviation: 0.5
          goal: 0.24
          beta_start: 0.01
        data:
          train: sprites-(32,32)
          validation: sprites-(32,32)
          options:
            sprites: { size: 32, minimum_objects: 2, maximum_objects: 2, rotate: false, minimum_side: 0.3, maximum_side: 0.42, minimum_color_distance: 0.5, minimum_visible: 0.75 }
        training:
          steps: 1250
          batch: 16
          optimiser: { name: adam, learning_rate: 0.0007 }
          learning_rate_schedule: warm(100)
          precision: bf16
        """;

    /// <summary>
    /// Seeds 1 and 2 ended with an ARI-FG of 0.77 and 0.29, the small recipe's seed 0 had 0.70 after as many steps: slots begin to follow objects sooner
    /// or later.
    /// </summary>
    [Fact]
    public void GENESIS_V2_learns_to_tell_sprites_apart() => ShortTraining.AssertLearns(Recipe, leastScore: 0.5);
}
