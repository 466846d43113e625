using System.Diagnostics;
using Scenograph.Torch;
using Scenograph.Torch.Serialization;

namespace Scenograph.Tests.EndToEnd;

/// <summary>Waits for what a running training does, by looking at its files.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Returns when the last checkpoint of a run is at this step or a later one.</summary>
    public static async Task ForCheckpoint(string run, long step, Process process)
    {
        var path = Path.Combine(run, "checkpoints", "last.safetensors");
        for (var watch = Stopwatch.StartNew(); StepOf(path) < step; await Task.Delay(Pause))
        {
            if (process.HasExited)
            {
                var outcome = ScenographProgram.Finish(process);
                Assert.Fail($"the training ended before step {step} with exit code {outcome.ExitCode}\n{outcome.Output}\n{outcome.Error}");
            }
            Assert.True(watch.Elapsed < Limit, $"no checkpoint of step {step} within {Limit}");
        }
    }

    /// <summary>Step of a checkpoint; −1 where there is none.</summary>
    public static long StepOf(string checkpoint)
    {
        if (!File.Exists(checkpoint))
        {
            return -1;
        }
        using var file = SafetensorsFile.Open(checkpoint);
        return long.Parse(file.Metadata["step"], null);
    }
}
