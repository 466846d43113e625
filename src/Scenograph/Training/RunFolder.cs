using Scenograph.Torch.Files;
using System.Globalization;
using Scenograph.Torch;
using Scenograph.Training.Recipes;

namespace Scenograph.Training;

/// <summary>
/// The folder of one run, <c>runs/NAME/TIME/</c>: where everything stands, and the lock that keeps a second process out
/// while one writes. Reading (<see cref="Open"/>) takes no lock; <see cref="Create"/>, <see cref="CreateAt"/> and
/// <see cref="Lock"/> hold it until <see cref="Dispose"/> or the end of the process, however that ends.
/// </summary>
public sealed class RunFolder : IDisposable
{
    /// <summary>Where runs go unless told otherwise, in the working directory.</summary>
    public const string DefaultRoot = "runs";

    private const string RecipeName = "recipe.yaml";
    private const string LockName = "run.lock";
    private const string OwnerName = "run.owner";

    private FileStream? held;
    private bool isNew;

    private RunFolder(string path) => FolderPath = path;

    /// <summary>The folder itself.</summary>
    public string FolderPath { get; }

    /// <summary>The run's name: its parent folder's, or its own where it stands in none.</summary>
    public string Name => Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(FolderPath))) is { Length: > 0 } name ? name : Path.GetFileName(FolderPath);

    /// <summary>The resolved recipe.</summary>
    public string RecipePath => In(RecipeName);

    /// <summary>One JSON object a line: step, loss terms, learning rate; equal for equal runs.</summary>
    public string MetricsPath => In("metrics.jsonl");

    /// <summary>One JSON object a line: what depends on the machine and the hour (seconds, images/s, memory).</summary>
    public string TimingPath => In("timing.jsonl");

    /// <summary>Folder of the checkpoints.</summary>
    public string CheckpointsPath => In("checkpoints");

    /// <summary>The newest checkpoint.</summary>
    public string LastCheckpointPath => Path.Combine(CheckpointsPath, "last.safetensors");

    /// <summary>The checkpoint with the best validation.</summary>
    public string BestCheckpointPath => Path.Combine(CheckpointsPath, "best.safetensors");

    /// <summary>Self-contained page with curves, decompositions and metrics.</summary>
    public string ReportPath => In("report.html");

    /// <summary>Evaluation, per image and summed up, as JSON.</summary>
    public string EvaluationJsonPath => In("evaluation.json");

    /// <summary>Evaluation, one row an image.</summary>
    public string EvaluationCsvPath => In("evaluation.csv");

    /// <summary>Evaluation, one row a number of true objects.</summary>
    public string EvaluationByObjectsPath => In("evaluation-by-objects.csv");

    /// <summary>Folder of the TensorBoard event files.</summary>
    public string TensorBoardPath => In("tensorboard");

    /// <summary>The checkpoint that the path given to <see cref="Open"/> named, or null.</summary>
    public string? NamedCheckpointPath { get; private init; }

    /// <summary>Whether this object holds the run's lock.</summary>
    public bool IsLocked => held is not null;

    /// <summary>The checkpoint kept of one step.</summary>
    public string StepCheckpointPath(long step) =>
        Path.Combine(CheckpointsPath, string.Create(CultureInfo.InvariantCulture, $"step-{step}.safetensors"));

    /// <summary>Makes <c>ROOT/NAME/TIME/</c> and locks it. Two runs in the same second get two folders.</summary>
    /// <param name="name">The recipe's name.</param>
    /// <param name="root">Parent of all runs.</param>
    /// <param name="time">Clock; null: the system's.</param>
    /// <exception cref="InputException">The folder cannot be made.</exception>
    public static RunFolder Create(string name, string root = DefaultRoot, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(root);
        var stamp = (time ?? TimeProvider.System).GetLocalNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        for (var attempt = 1; ; attempt++)
        {
            var path = Path.Combine(root, name, attempt == 1 ? stamp : $"{stamp}-{attempt}");
            if (Directory.Exists(path))
            {
                continue;
            }
            var folder = new RunFolder(path);
            if (folder.TryMake(mustBeNew: true))
            {
                return folder;
            }
        }
    }

    /// <summary>Makes and locks a run's folder in a place of the user's choice.</summary>
    /// <param name="path">A folder that is empty or not there yet.</param>
    /// <exception cref="InputException">A run is there already, or the folder cannot be made or written.</exception>
    public static RunFolder CreateAt(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var folder = new RunFolder(Path.TrimEndingDirectorySeparator(path));
        folder.TryMake(mustBeNew: false);
        if (File.Exists(folder.RecipePath))
        {
            folder.Dispose();
            throw new InputException($"{path} already holds a run; go on with it by --resume {path}, or choose another folder");
        }
        return folder;
    }

    /// <summary>Finds a run without locking it.</summary>
    /// <param name="path">
    /// A run's folder; a file inside it, such as a checkpoint (then <see cref="NamedCheckpointPath"/> says which);
    /// or a folder of runs (<c>runs/NAME</c>, <c>runs</c>), which stands for the newest of them.
    /// </param>
    /// <exception cref="InputException">There is no run.</exception>
    public static RunFolder Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = Path.TrimEndingDirectorySeparator(path);
        if (File.Exists(path))
        {
            return OfFile(path);
        }
        if (!Directory.Exists(path))
        {
            throw new InputException($"{path} does not exist; {Neighbours(path)}");
        }
        if (HoldsRun(path))
        {
            return new RunFolder(path);
        }
        return Newest(path) is { } newest
            ? new RunFolder(newest)
            : throw new InputException($"{path} holds no run: there is no {RecipeName} in it; a run's folder is runs/NAME/TIME");
    }

    /// <summary>Locks an opened run, to go on with it.</summary>
    /// <returns>This folder.</returns>
    /// <exception cref="InputException">Another process works in it, or it cannot be written.</exception>
    public RunFolder Lock()
    {
        if (held is null)
        {
            TryMake(mustBeNew: false);
        }
        return this;
    }

    /// <summary>Writes the run's resolved recipe.</summary>
    /// <exception cref="InputException">The folder cannot be written.</exception>
    public void WriteRecipe(Recipe recipe) => AtomicFile.WriteText(RecipePath, RecipeWriter.Write(recipe));

    /// <summary>Picks a checkpoint of this run.</summary>
    /// <param name="choice"><c>last</c>, <c>best</c>, <c>step-N</c> or a file's path; null: the one the run was opened by, else <c>last</c>.</param>
    /// <returns>A file that exists.</returns>
    /// <exception cref="InputException">There is no such checkpoint; the message names those that there are.</exception>
    public string Checkpoint(string? choice = null)
    {
        choice ??= NamedCheckpointPath ?? "last";
        var inside = Path.Combine(CheckpointsPath, choice + ".safetensors");
        if (choice.IndexOfAny(['/', '\\']) < 0 && File.Exists(inside))
        {
            return inside;
        }
        if (File.Exists(choice))
        {
            return choice;
        }
        var names = Directory.Exists(CheckpointsPath)
            ? Directory.GetFiles(CheckpointsPath, "*.safetensors").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal).ToList()
            : [];
        throw new InputException(names.Count == 0
            ? $"{FolderPath} has no checkpoint yet"
            : $"{FolderPath} has no checkpoint {Spelling.Quote(choice)}; there are {string.Join(", ", names)}");
    }

    /// <summary>Lets the next process in. A folder in which no run was begun (<see cref="WriteRecipe"/>) is tidied away.</summary>
    public void Dispose()
    {
        if (held is not null)
        {
            if (!HoldsRun(FolderPath))
            {
                Tidy();
            }
            held.Dispose();
            held = null;
        }
    }

    /// <summary>Removes what making the folder made, and nothing else.</summary>
    private void Tidy()
    {
        try
        {
            File.Delete(In(OwnerName));
            File.Delete(In(LockName));
            if (Directory.Exists(CheckpointsPath) && !Directory.EnumerateFileSystemEntries(CheckpointsPath).Any())
            {
                Directory.Delete(CheckpointsPath);
            }
            if (isNew && !Directory.EnumerateFileSystemEntries(FolderPath).Any())
            {
                Directory.Delete(FolderPath);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // An empty folder more is no reason to fail.
        }
    }

    private string In(string name) => Path.Combine(FolderPath, name);

    /// <summary>Makes the folders and takes the lock.</summary>
    /// <returns>False where <paramref name="mustBeNew"/> and another process was faster.</returns>
    private bool TryMake(bool mustBeNew)
    {
        try
        {
            if (File.Exists(FolderPath))
            {
                throw new InputException($"{FolderPath} is a file; a run needs a folder");
            }
            isNew = !Directory.Exists(FolderPath);
            Directory.CreateDirectory(FolderPath);
            // The operating system drops the lock when the process ends, killed or not: a stale one cannot exist.
            held = new FileStream(In(LockName), mustBeNew ? FileMode.CreateNew : FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(In(OwnerName), $"process {Environment.ProcessId} on {Environment.MachineName}");
            Directory.CreateDirectory(CheckpointsPath);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var wasFree = IsLocked;
            Dispose();
            if (!wasFree && error is IOException && File.Exists(In(LockName)))
            {
                if (mustBeNew)
                {
                    return false;
                }
                if (IsHeldByAnother())
                {
                    throw new InputException($"{FolderPath} is in use by {Owner()}; wait for it to end, or choose another folder", error);
                }
            }
            throw new InputException($"{FolderPath} cannot be written: {(error is UnauthorizedAccessException ? "no write permission there" : error.Message)}", error);
        }
    }

    private bool IsHeldByAnother()
    {
        try
        {
            using var probe = new FileStream(In(LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    // In a file of its own: the lock keeps other processes from reading the locked one.
    private string Owner()
    {
        try
        {
            return File.ReadAllText(In(OwnerName)).Trim() is { Length: > 0 and < 300 } owner ? owner : "another process";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }

    /// <summary>Whether a run was begun in exactly this folder.</summary>
    public static bool HoldsRun(string path) => File.Exists(Path.Combine(path, RecipeName));

    private static RunFolder OfFile(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        for (var level = 0; level < 2 && folder is not null; level++, folder = Path.GetDirectoryName(folder))
        {
            if (HoldsRun(folder))
            {
                return new RunFolder(folder) { NamedCheckpointPath = path.EndsWith(".safetensors", StringComparison.Ordinal) ? path : null };
            }
        }
        throw new InputException($"{path} does not lie in a run's folder: there is no {RecipeName} beside or above it");
    }

    /// <summary>The newest run one or two levels below: by time made, then by name.</summary>
    private static string? Newest(string path) =>
        Directory.EnumerateDirectories(path)
            .SelectMany(child => HoldsRun(child) ? [child] : Directory.EnumerateDirectories(child).Where(HoldsRun))
            .OrderByDescending(run => File.GetLastWriteTimeUtc(Path.Combine(run, RecipeName)))
            .ThenByDescending(run => run, StringComparer.Ordinal)
            .FirstOrDefault();

    private static string Neighbours(string path)
    {
        var parent = Path.GetDirectoryName(path) is { Length: > 0 } named ? named : ".";
        while (!Directory.Exists(parent))
        {
            path = parent;
            parent = Path.GetDirectoryName(parent) is { Length: > 0 } above ? above : ".";
        }
        var names = Directory.EnumerateDirectories(parent).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal).ToList();
        if (Spelling.Nearest(Path.GetFileName(path), names) is { } nearest)
        {
            return $"did you mean {Path.Combine(parent == "." ? "" : parent, nearest)}?";
        }
        return "a run is a folder runs/NAME/TIME that 'scenograph train' or 'scenograph demo' made";
    }
}
