namespace Scenograph.Tests.EndToEnd;

/// <summary>A short training, made once for all tests that only read it.</summary>
public sealed class TrainedRun : IDisposable
{
    private readonly TemporaryFolder folder = TinyRecipe.Folder();

    public TrainedRun()
    {
        Training = ScenographProgram.RunIn(folder.Path, "train", "tiny.yaml", "--out", "run", "--steps", "30", "--set", "training.seed=3", "--set", "training.validate_every=15", "--json");
    }

    internal Outcome Training { get; }

    /// <summary>Of the folder that holds the recipe and <c>run</c>.</summary>
    public string Place => folder.Path;

    public string RunPath => folder["run"];

    public string this[string name] => Path.Combine(RunPath, name);

    public void Dispose() => folder.Dispose();
}

/// <summary>The tests that share it.</summary>
[CollectionDefinition(Name)]
public sealed class WithTrainedRun : ICollectionFixture<TrainedRun>
{
    public const string Name = "trained run";
}
