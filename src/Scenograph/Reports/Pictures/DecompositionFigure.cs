using Scenograph.Torch.Images;

namespace Scenograph.Reports.Pictures;

/// <summary>
/// The picture people look at: one row a scene, with image, reconstruction, true segments (where any scene has them), predicted
/// segments, and every component cut out by its mask on a chequered ground. Small scenes are enlarged by a whole factor.
/// A component's bar of colour is the colour of its segment; with truth, segments that belong together share a colour.
/// </summary>
public static class DecompositionFigure
{
    private const int Padding = 4;
    private const byte PadValue = 128;

    private static readonly Colour LightSquare = Colour.Of(0xD4D4D4);
    private static readonly Colour DarkSquare = Colour.Of(0xB0B0B0);

    /// <summary>What the columns show, from left to right.</summary>
    public static IReadOnlyList<string> ColumnTitles(IReadOnlyList<SceneDecomposition> scenes)
    {
        ArgumentNullException.ThrowIfNull(scenes);
        var titles = new List<string> { "image", "reconstruction" };
        if (HasTruth(scenes))
        {
            titles.Add("true masks");
        }
        titles.Add("predicted masks");
        titles.AddRange(Enumerable.Range(1, Components(scenes)).Select(k => $"component {k}"));
        return titles;
    }

    /// <param name="scenes">Scenes of one size, at least one.</param>
    /// <param name="colours">Of the segments; <see cref="SegmentationColours.Accessible"/> by default.</param>
    /// <param name="size">The longer side of a tile is at least this many pixels.</param>
    public static Image Draw(IReadOnlyList<SceneDecomposition> scenes, SegmentationColours? colours = null, int size = 96)
    {
        ArgumentNullException.ThrowIfNull(scenes);
        ArgumentOutOfRangeException.ThrowIfZero(scenes.Count);
        colours ??= SegmentationColours.Accessible;
        var factor = Drawing.FactorFor(scenes[0].Width, scenes[0].Height, size);
        var tiles = new List<Image>();
        foreach (var scene in scenes)
        {
            scene.Check();
            AddRow(tiles, scene, scenes, colours, factor);
        }
        return ImageGrid.Tile(tiles, tiles.Count / scenes.Count, Padding, PadValue);
    }

    private static void AddRow(List<Image> tiles, SceneDecomposition scene, IReadOnlyList<SceneDecomposition> scenes, SegmentationColours colours, int factor)
    {
        var (height, width) = (scene.Height, scene.Width);
        var predicted = scene.PredictedLabels();
        var paintedAs = PaintedAs(scene, predicted);
        tiles.Add(Drawing.Upscale(Drawing.FromPlanes(scene.Image, scene.Channels, height, width), factor));
        tiles.Add(Drawing.Upscale(Drawing.FromPlanes(scene.Reconstruction, scene.Channels, height, width), factor));
        if (HasTruth(scenes))
        {
            tiles.Add(Drawing.Upscale(scene.TrueLabels is { } truth
                ? colours.Paint(truth, height, width)
                : Drawing.Plain(width, height, new Colour(PadValue, PadValue, PadValue)), factor));
        }
        var painted = Array.ConvertAll(predicted, label => (byte)Math.Min(byte.MaxValue, paintedAs[label]));
        tiles.Add(Drawing.Upscale(colours.Paint(painted, height, width), factor));
        var first = scene.MasksHaveBackground ? 0 : 1;
        for (var k = 0; k < Components(scenes); k++)
        {
            tiles.Add(k < scene.ComponentCount
                ? CutOut(scene, k, factor, colours[paintedAs[Math.Min(byte.MaxValue, k + first)]])
                : Drawing.Plain(width * factor, height * factor, new Colour(PadValue, PadValue, PadValue)));
        }
    }

    /// <summary>The colour number of each predicted label: its true partner's, or without truth its own, counted past the background.</summary>
    private static int[] PaintedAs(SceneDecomposition scene, byte[] predicted)
    {
        var count = Math.Min(byte.MaxValue + 1, scene.ComponentCount + (scene.MasksHaveBackground ? 0 : 1));
        return scene.TrueLabels is { } truth
            ? SegmentMatching.LabelsFor(predicted, truth, count)
            : [.. Enumerable.Range(scene.MasksHaveBackground ? 1 : 0, count)];
    }

    /// <summary>The component over a chequered ground, as opaque as its mask, under a bar of its segment's colour.</summary>
    private static Image CutOut(SceneDecomposition scene, int k, int factor, Colour colour)
    {
        var component = Drawing.Upscale(Drawing.FromPlanes(scene.Component(k), scene.Channels, scene.Height, scene.Width), factor);
        var mask = scene.Mask(k);
        var square = Math.Max(4, Math.Max(component.Width, component.Height) / 12);
        for (var y = 0; y < component.Height; y++)
        {
            for (var x = 0; x < component.Width; x++)
            {
                var opacity = Math.Clamp(mask[y / factor * scene.Width + x / factor], 0, 1);
                var ground = (x / square + y / square) % 2 == 0 ? LightSquare : DarkSquare;
                var pixel = component.Pixels.AsSpan(3 * (y * component.Width + x), 3);
                pixel[0] = Mix(pixel[0], ground.Red, opacity);
                pixel[1] = Mix(pixel[1], ground.Green, opacity);
                pixel[2] = Mix(pixel[2], ground.Blue, opacity);
            }
        }
        Drawing.Fill(component, 0, 0, component.Width, Math.Max(2, component.Height / 20), colour);
        return component;
    }

    private static byte Mix(byte over, byte under, float opacity) => (byte)(under + (over - under) * (float.IsNaN(opacity) ? 0 : opacity) + 0.5f);

    private static bool HasTruth(IReadOnlyList<SceneDecomposition> scenes) => scenes.Any(scene => scene.TrueLabels is not null);

    private static int Components(IReadOnlyList<SceneDecomposition> scenes) => scenes.Max(scene => scene.ComponentCount);
}
