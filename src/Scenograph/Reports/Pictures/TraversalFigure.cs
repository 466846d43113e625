using Scenograph.Torch.Images;

namespace Scenograph.Reports.Pictures;

/// <summary>Pictures of a latent traversal: scenes over values, as a grid and moving.</summary>
public static class TraversalFigure
{
    private const int Padding = 4;
    private const byte PadValue = 128;
    private const int FrameMilliseconds = 120;

    /// <summary>A row a dimension, a column a value.</summary>
    /// <param name="rows">Scenes of each dimension, as many each and of one size.</param>
    /// <param name="size">The longer side of a tile is at least this many pixels.</param>
    public static Image Grid(IReadOnlyList<IReadOnlyList<Image>> rows, int size = 96)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return ImageGrid.Tile([.. rows.SelectMany(row => row).Select(scene => Enlarge(scene, size))], rows[0].Count, Padding, PadValue);
    }

    /// <summary>The dimensions side by side, all running through their values and back, as an animated PNG.</summary>
    /// <inheritdoc cref="Grid"/>
    public static byte[] Animation(IReadOnlyList<IReadOnlyList<Image>> rows, int size = 96)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var forth = Enumerable.Range(0, rows[0].Count);
        var back = Enumerable.Range(1, Math.Max(0, rows[0].Count - 2)).Reverse();
        return AnimatedPng.Encode([.. forth.Concat(back).Select(value => ImageGrid.Tile([.. rows.Select(row => Enlarge(row[value], size))], rows.Count, Padding, PadValue))], FrameMilliseconds);
    }

    private static Image Enlarge(Image scene, int size) => Drawing.Upscale(scene, Drawing.FactorFor(scene.Width, scene.Height, size));
}
