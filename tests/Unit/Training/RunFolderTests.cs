using Scenograph.Torch;
using Scenograph.Training;

namespace Scenograph.Tests.Unit.Training;

public sealed class RunFolderTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("scenograph-runs-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    private sealed class Noon : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2025, 6, 1, 12, 0, 0, TimeSpan.Zero);
    }

    private RunFolder Finished(string name)
    {
        using var folder = RunFolder.Create(name, root, new Noon());
        File.WriteAllText(folder.RecipePath, "name: x");
        File.WriteAllText(folder.LastCheckpointPath, "");
        return folder;
    }

    private static string Complaint(Func<object> action) => Assert.Throws<InputException>(action).Message;

    [Fact]
    public void A_run_is_named_after_recipe_and_time()
    {
        using var folder = RunFolder.Create("tetrominoes", root, new Noon());

        Assert.Equal(Path.Combine(root, "tetrominoes", "20250601-120000"), folder.FolderPath);
        Assert.Equal("tetrominoes", folder.Name);
        Assert.True(Directory.Exists(folder.CheckpointsPath));
        Assert.Equal(Path.Combine(folder.FolderPath, "checkpoints", "step-500.safetensors"), folder.StepCheckpointPath(500));
    }

    [Fact]
    public void Runs_of_the_same_second_get_folders_of_their_own()
    {
        using var first = RunFolder.Create("a", root, new Noon());
        using var second = RunFolder.Create("a", root, new Noon());

        Assert.EndsWith("20250601-120000", first.FolderPath, StringComparison.Ordinal);
        Assert.EndsWith("20250601-120000-2", second.FolderPath, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_run_in_the_same_folder_is_refused_and_the_first_process_named()
    {
        var place = Path.Combine(root, "mine");
        using var first = RunFolder.CreateAt(place);

        Assert.Equal(
            $"{place} is in use by process {Environment.ProcessId} on {Environment.MachineName}; wait for it to end, or choose another folder",
            Complaint(() => RunFolder.CreateAt(place)));
    }

    [Fact]
    public void A_lock_ends_with_its_owner()
    {
        var path = Finished("a").FolderPath;

        using (RunFolder.Open(path).Lock())
        {
            Assert.Contains("is in use by process", Complaint(() => RunFolder.Open(path).Lock()), StringComparison.Ordinal);
        }
        using var again = RunFolder.Open(path).Lock();

        Assert.True(again.IsLocked);
    }

    [Fact]
    public void A_running_run_can_be_read()
    {
        using var running = RunFolder.Create("a", root, new Noon());
        File.WriteAllText(running.RecipePath, "name: x");

        Assert.Equal(running.FolderPath, RunFolder.Open(running.FolderPath).FolderPath);
    }

    [Fact]
    public void A_finished_run_is_not_written_over()
    {
        var place = Finished("a").FolderPath;

        Assert.Equal($"{place} already holds a run; go on with it by --resume {place}, or choose another folder", Complaint(() => RunFolder.CreateAt(place)));
    }

    [Fact]
    public void A_run_is_found_by_its_folder_its_checkpoint_and_its_name()
    {
        var run = Finished("a");

        Assert.Equal(run.FolderPath, RunFolder.Open(run.FolderPath + "/").FolderPath);
        Assert.Equal(run.FolderPath, RunFolder.Open(run.LastCheckpointPath).FolderPath);
        Assert.Equal(run.LastCheckpointPath, RunFolder.Open(run.LastCheckpointPath).Checkpoint());
        Assert.Equal(run.FolderPath, RunFolder.Open(Path.Combine(root, "a")).FolderPath);
        Assert.Equal(run.FolderPath, RunFolder.Open(root).FolderPath);
    }

    [Fact]
    public void A_name_stands_for_its_newest_run()
    {
        var runs = new[] { Finished("a"), Finished("a"), Finished("a") };
        var hour = new DateTime(2025, 6, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(runs[0].RecipePath, hour);
        File.SetLastWriteTimeUtc(runs[1].RecipePath, hour.AddHours(2));
        File.SetLastWriteTimeUtc(runs[2].RecipePath, hour.AddHours(1));

        Assert.Equal(runs[1].FolderPath, RunFolder.Open(Path.Combine(root, "a")).FolderPath);
    }

    [Fact]
    public void A_missing_run_is_answered_with_the_nearest_there_is()
    {
        Finished("tetrominoes");

        Assert.Equal(
            $"{root}/tetrominos does not exist; did you mean {root}/tetrominoes?",
            Complaint(() => RunFolder.Open($"{root}/tetrominos")));
        Assert.Equal(
            $"{root}/zz/last does not exist; a run is a folder runs/NAME/TIME that 'scenograph train' or 'scenograph demo' made",
            Complaint(() => RunFolder.Open($"{root}/zz/last")));
    }

    [Fact]
    public void What_holds_no_run_is_refused()
    {
        Directory.CreateDirectory($"{root}/empty");
        File.WriteAllText($"{root}/weights.safetensors", "");

        Assert.Contains("holds no run", Complaint(() => RunFolder.Open($"{root}/empty")), StringComparison.Ordinal);
        Assert.Contains("does not lie in a run's folder", Complaint(() => RunFolder.Open($"{root}/weights.safetensors")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_checkpoint_is_answered_with_those_there_are()
    {
        var run = Finished("a");
        File.WriteAllText(run.StepCheckpointPath(500), "");

        Assert.Equal(run.StepCheckpointPath(500), run.Checkpoint("step-500"));
        Assert.Equal($"{run.FolderPath} has no checkpoint 'best'; there are last, step-500", Complaint(() => run.Checkpoint("best")));
        File.Delete(run.StepCheckpointPath(500));
        File.Delete(run.LastCheckpointPath);
        Assert.Equal($"{run.FolderPath} has no checkpoint yet", Complaint(() => run.Checkpoint()));
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_named()
    {
        File.WriteAllText($"{root}/file", "");

        Assert.Equal($"{root}/file is a file; a run needs a folder", Complaint(() => RunFolder.CreateAt($"{root}/file")));
        Assert.StartsWith($"{root}/file/a/20250601-120000 cannot be written: ", Complaint(() => RunFolder.Create("a", $"{root}/file", new Noon())), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_write_permission_is_named()
    {
        if (Environment.UserName == "root" || OperatingSystem.IsWindows())
        {
            return; // Root may write everywhere; the command-line tests drop to another user.
        }
        Directory.CreateDirectory($"{root}/sealed", UnixFileMode.UserRead | UnixFileMode.UserExecute);

        Assert.Equal($"{root}/sealed/mine cannot be written: no write permission there", Complaint(() => RunFolder.CreateAt($"{root}/sealed/mine")));
    }
}
