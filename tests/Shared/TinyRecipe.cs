namespace Scenograph.Tests;

/// <summary>A recipe of some hundredths of a second a step, for tests that need a training.</summary>
internal static class TinyRecipe
{
    public const string Text = """
        name: tiny
        model:
          name: slot-attention
          height: 16
          width: 16
          slots: 3
          iterations: 2
          size: 8
          hidden: 16
          filters: 8
          decoder_start: 4
          decoder_strides: [2, 2]
          layer_norm: channels
        data:
          train: sprites-(16,16)
          validation: sprites-(16,16)
          test: sprites-(16,16)
          options: { count: 64 }
        training: { steps: 200, batch: 4, optimiser: { learning_rate: 0.001 }, threads: 1, log_every: 1, validate_every: 60, checkpoint_every: 25 }
        evaluation: { images: 8, batch: 8 }
        """;

    /// <summary>A folder of one test with <c>tiny.yaml</c> in it.</summary>
    public static TemporaryFolder Folder()
    {
        var folder = new TemporaryFolder();
        File.WriteAllText(folder["tiny.yaml"], Text);
        return folder;
    }
}
