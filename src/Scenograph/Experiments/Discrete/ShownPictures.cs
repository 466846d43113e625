using Scenograph.Data;
using Scenograph.Reports;
using Scenograph.Reports.Pictures;
using Scenograph.Torch.Images;

namespace Scenograph.Experiments.Discrete;

/// <summary>Which pictures figures show, and how they are laid out.</summary>
internal static class ShownPictures
{
    private const int Count = 7;
    private const int Padding = 4;
    private const int LongRow = 7;
    private const byte PadValue = 128;

    /// <summary>Seven of a set, drawn at random but always the same.</summary>
    public static Sample[] Of(IDataSet data)
    {
        var positions = Enumerable.Range(0, data.Count).ToArray();
        new SceneRandom(data.Count).Shuffle<int>(positions);
        return [.. positions.Take(Count).Select(data.Read)];
    }

    /// <summary>Pictures in 8 bits, clamped to [0, 1].</summary>
    /// <param name="planes">[N, C, H, W], row by row.</param>
    /// <param name="channels">C</param>
    /// <param name="height">H</param>
    /// <param name="width">W</param>
    public static Image[] ToImages(float[] planes, int channels, int height, int width) =>
        [.. planes.Chunk(channels * height * width).Select(one => Drawing.FromPlanes(one, channels, height, width))];

    /// <summary>Prototypes as published: one row of up to four, two rows of up to fourteen, rows of seven beyond; sorted by their names.</summary>
    /// <param name="caption">Below them.</param>
    /// <param name="pictures">K</param>
    /// <param name="names">Of each; null where there is none.</param>
    /// <param name="size">The longer side of a tile is at least this many pixels.</param>
    public static ReportFigure Prototypes(string caption, IReadOnlyList<Image> pictures, IReadOnlyList<string?>? names, int size = 84)
    {
        var count = pictures.Count;
        var columns = count < 5 ? count : count < 15 ? (count + 1) / 2 : LongRow;
        int[] order = names is null ? [.. Enumerable.Range(0, count)] : [.. Enumerable.Range(0, count).OrderBy(k => names[k] is null).ThenBy(k => names[k], StringComparer.Ordinal)];
        string[] words = [.. order.Select(k => names is null ? $"{k}" : names[k] ?? "none")];
        var factor = Drawing.FactorFor(pictures[0].Width, pictures[0].Height, size);
        var grid = ImageGrid.Tile([.. order.Select(k => Drawing.Upscale(pictures[k], factor))], columns, Padding, PadValue);
        var heard = names is null ? "by number" : "by the class that their cluster stands for";
        return new($"{caption} Named {heard}, from the top down.", ImageFile.EncodePng(grid), $"{count} prototypes: {string.Join(", ", words)}")
        {
            ColumnTitles = [.. Enumerable.Range(0, columns).Select(column => string.Join(" · ", words.Where((_, i) => i % columns == column)))],
        };
    }
}
