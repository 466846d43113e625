using System.Diagnostics;
using Scenograph.Reports;

namespace Scenograph.Tests.EndToEnd;

public sealed class ResumeTests(UnbrokenRun unbroken) : IClassFixture<UnbrokenRun>, IDisposable
{
    private const int Steps = 200;

    private readonly TemporaryFolder folder = TinyRecipe.Folder();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_run_that_was_killed_goes_on_as_if_unbroken()
    {
        using (var process = Start("broken"))
        {
            await Waiting.ForCheckpoint(folder["broken"], 75, process);
            process.Kill(); // SIGKILL
            Assert.Equal(137, ScenographProgram.Finish(process).ExitCode);
        }
        Assert.InRange(Waiting.StepOf(folder["broken/checkpoints/last.safetensors"]), 75, Steps - 1);

        Resume("broken");

        AssertEqualsUnbroken("broken");
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_run_that_is_told_to_stop_finishes_its_step_saves_and_goes_on_as_if_unbroken(string signal)
    {
        using (var process = Start("broken"))
        {
            await Waiting.ForCheckpoint(folder["broken"], 50, process);
            ScenographProgram.Signal(process, signal);
            var outcome = ScenographProgram.Finish(process);
            Assert.Equal(0, outcome.ExitCode);
            Assert.Matches(@"^stopped after step \d+ of 200, saved; go on with: scenograph train --resume broken\n$", outcome.Output);
        }
        // It saved where it stopped, not at the checkpoint before.
        Assert.Equal(MetricsLog.Read(folder["broken/metrics.jsonl"]).Records[^1].Step, Waiting.StepOf(folder["broken/checkpoints/last.safetensors"]));
        Assert.False(File.Exists(folder["broken/report.html"]));

        Resume("broken");

        AssertEqualsUnbroken("broken");
    }

    [Fact]
    public async Task A_second_process_is_kept_out_of_the_folder_of_a_running_one()
    {
        using var process = Start("run", "--steps", "100000");
        await Waiting.ForCheckpoint(folder["run"], 0, process);

        var resumed = ScenographProgram.RunIn(folder.Path, "train", "--resume", "run").OneSentence();
        var begun = ScenographProgram.RunIn(folder.Path, "train", "tiny.yaml", "--out", "run").OneSentence();
        var isStillRunning = !process.HasExited;
        process.Kill();
        ScenographProgram.Finish(process);

        Assert.StartsWith($"run is in use by process {process.Id} on ", resumed, StringComparison.Ordinal);
        Assert.Equal(resumed, begun);
        Assert.True(isStillRunning);
        Assert.Contains("already holds a run; go on with it by --resume run", ScenographProgram.RunIn(folder.Path, "train", "tiny.yaml", "--out", "run").OneSentence(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_ends_the_run_with_one_sentence_and_the_last_checkpoint_intact()
    {
        using var disk = TinyDisk.TryMount(folder["disk"], "4m");
        if (disk is null)
        {
            return; // Only root may mount a small file system.
        }
        using (var process = Start("disk/run"))
        {
            await Waiting.ForCheckpoint(folder["disk/run"], 50, process);
            disk.Fill();
            var outcome = ScenographProgram.Finish(process);
            Assert.NotEqual(0, outcome.ExitCode);
            var sentence = outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
            Assert.Matches("disk is full|cannot be written", sentence);
            Assert.Contains("disk/run/", sentence, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
        }
        Assert.InRange(Waiting.StepOf(folder["disk/run/checkpoints/last.safetensors"]), 50, Steps - 1);
        Assert.DoesNotContain(Directory.GetFiles(folder["disk/run/checkpoints"]), file => Path.GetFileName(file).StartsWith('.'));
        disk.Free();

        Resume("disk/run");

        AssertEqualsUnbroken("disk/run");
    }

    private Process Start(string run, params string[] more)
    {
        // A test runner in the background of a shell ignores Ctrl-C, and so would what it starts.
        return ScenographProgram.StartProgram("env", folder.Path, null, ["--default-signal=INT", ScenographProgram.Path, "train", "tiny.yaml", "--out", run, "--quiet", .. more]);
    }

    private void Resume(string run)
    {
        var outcome = ScenographProgram.RunIn(folder.Path, "train", "--resume", run, "--quiet");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.True(File.Exists(folder[$"{run}/report.html"]));
    }

    private void AssertEqualsUnbroken(string run)
    {
        foreach (var file in new[] { "metrics.jsonl", "checkpoints/last.safetensors", "checkpoints/best.safetensors" })
        {
            Assert.True(File.ReadAllBytes(unbroken[file]).AsSpan().SequenceEqual(File.ReadAllBytes(folder[$"{run}/{file}"])), $"{file} differs");
        }
        Assert.Equal(Steps, MetricsLog.Read(folder[$"{run}/metrics.jsonl"]).Curve("train", "loss").Count);
    }
}

/// <summary>The run that all broken ones are measured by.</summary>
public sealed class UnbrokenRun : IDisposable
{
    private readonly TemporaryFolder folder = TinyRecipe.Folder();

    public UnbrokenRun()
    {
        var outcome = ScenographProgram.RunIn(folder.Path, "train", "tiny.yaml", "--out", "run", "--quiet");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }

    public string this[string name] => folder[$"run/{name}"];

    public void Dispose() => folder.Dispose();
}
