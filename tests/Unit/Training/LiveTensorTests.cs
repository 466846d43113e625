using Scenograph.Tests.Unit.Torch;
using Scenograph.Training;

namespace Scenograph.Tests.Unit.Training;

[Collection(ProcessWide.Name)]
public sealed class LiveTensorTests
{
    [Fact]
    public void A_training_of_twenty_steps_with_validations_and_checkpoints_leaves_no_tensor_behind()
    {
        using var place = new TemporaryFolder();
        // What is made once in a process is made before.
        TinyRun.Finish(TinyRun.Recipe("training.steps=1"), place["first"]);

        Assert.Equal(0, LiveTensors.LeftBy(() => TinyRun.Finish(TinyRun.Recipe("training.ema=0.9", "training.precision=bf16"), place["second"])));
    }

    [Fact]
    public void A_loaded_run_frees_all_it_held()
    {
        using var place = new TemporaryFolder();
        var run = TinyRun.Finish(TinyRun.Recipe("training.steps=1"), place["run"]);

        Assert.Equal(0, LiveTensors.LeftBy(() => LoadedRun.Open(run.FolderPath).Dispose()));
    }
}
