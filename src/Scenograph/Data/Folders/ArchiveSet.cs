using Scenograph.Data.Formats;
using Scenograph.Torch;

namespace Scenograph.Data.Folders;

/// <summary>Scenes that lie as npz archives, one a scene, all of one shape.</summary>
public sealed class ArchiveSet : IDataSet, IDeclaresObjects
{
    private readonly IReadOnlyList<(int Index, string Path)> scenes;

    /// <param name="name">For logs.</param>
    /// <param name="scenes">Number and file of each, at least one.</param>
    /// <exception cref="InputException">The first cannot be read.</exception>
    public ArchiveSet(string name, IReadOnlyList<(int Index, string Path)> scenes)
    {
        ArgumentNullException.ThrowIfNull(scenes);
        Name = name;
        this.scenes = scenes;
        var first = SceneArchive.Read(scenes[0].Path, scenes[0].Index);
        (Channels, Height, Width, MaskCount) = (first.Channels, first.Height, first.Width, first.Visible!.Length);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => scenes.Count;

    /// <inheritdoc/>
    public int Channels { get; }

    /// <inheritdoc/>
    public int Height { get; }

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public int MaskCount { get; }

    int IDeclaresObjects.Backgrounds => 1;

    bool[] IDeclaresObjects.VisibleAt(int index) => SceneArchive.ReadVisible(scenes[index].Path);

    /// <inheritdoc/>
    public Sample Read(int index)
    {
        var (number, path) = scenes[index];
        var sample = SceneArchive.Read(path, number);
        return (sample.Channels, sample.Height, sample.Width, sample.Visible!.Length) == (Channels, Height, Width, MaskCount)
            ? sample
            : throw new InputException($"{path}: {sample.Visible.Length} masks of {sample.Height} x {sample.Width}, but {scenes[0].Path} has {MaskCount} of {Height} x {Width}.");
    }
}
