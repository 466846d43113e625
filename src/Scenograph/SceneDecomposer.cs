using Scenograph.Data;
using Scenograph.Reports.Pictures;
using Scenograph.Torch;
using Scenograph.Training;

namespace Scenograph;

/// <summary>
/// The short way from a picture to its parts: <c>SceneDecomposer.Open("runs/demo").Decompose("scene.png")</c>. What it stands for:
/// <see cref="LoadedRun"/> opens the model, <see cref="PictureSample"/> reads the picture, <see cref="ModelEvaluation"/> takes it apart.
/// Equal pictures give equal results: the noise is seeded anew for each, as <c>scenograph decompose</c> does.
/// </summary>
public sealed class SceneDecomposer : IDisposable
{
    private readonly LoadedRun run;
    private readonly ulong seed;

    private SceneDecomposer(LoadedRun run)
    {
        this.run = run;
        seed = (ulong)run.Recipe.Training.Seed + 3;
    }

    /// <summary>The size that pictures are brought to: channels, rows, columns.</summary>
    public (int Channels, int Height, int Width) ImageSize => run.Decomposer.ImageSize;

    /// <summary>Opens a trained model.</summary>
    /// <param name="path">A run's folder, its name's folder for the newest run, or a checkpoint file.</param>
    /// <param name="device">cpu, cuda or cuda:N; null for the recipe's.</param>
    /// <exception cref="InputException">A file is missing or broken, or the model does not take scenes apart.</exception>
    public static SceneDecomposer Open(string path, string? device = null)
    {
        var run = LoadedRun.Open(path, device: device);
        if (run.Model is Models.DecompositionModel) return new(run);
        using (run) throw new InputException($"{run.Checkpoint} is a {run.Model.Name}, which does not take scenes apart");
    }

    /// <summary>Takes a picture apart: its largest centred part of the model's proportions, resized to the model's size.</summary>
    /// <param name="picture">A PNG or JPEG file, at least as large as <see cref="ImageSize"/>.</param>
    /// <returns>Components and masks; <see cref="SceneObject.Find"/> lists the objects, <see cref="DecompositionFigure.Draw"/> draws them.</returns>
    /// <exception cref="InputException">The file is missing, broken or too small.</exception>
    public SceneDecomposition Decompose(string picture) =>
        ModelEvaluation.Decompose(run.Decomposer, [PictureSample.Read(picture, 0, ImageSize)], seed, run.Device)[0];

    /// <inheritdoc/>
    public void Dispose() => run.Dispose();
}
