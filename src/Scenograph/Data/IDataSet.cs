namespace Scenograph.Data;

/// <summary>A finite, indexable set of scenes of one size. <see cref="Read"/> may be called from several threads at once.</summary>
public interface IDataSet
{
    /// <summary>Name for logs and reports, e.g. <c>sprites</c>.</summary>
    string Name { get; }

    /// <summary>Number of scenes.</summary>
    int Count { get; }

    /// <summary>Colour channels C of every image.</summary>
    int Channels { get; }

    /// <summary>Rows H of every image.</summary>
    int Height { get; }

    /// <summary>Columns W of every image.</summary>
    int Width { get; }

    /// <summary>Largest number of masks of a scene, background included; 0 where the set has no masks.</summary>
    int MaskCount { get; }

    /// <summary>Names of the classes that its objects' attribute <c>class</c> may have; empty where it is not known.</summary>
    IReadOnlyList<string> Classes => [];

    /// <param name="index">0 to Count − 1.</param>
    /// <exception cref="Scenograph.Torch.InputException">The scene's file is missing or broken.</exception>
    Sample Read(int index);
}
