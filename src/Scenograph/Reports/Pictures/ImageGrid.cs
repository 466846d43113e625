using Scenograph.Torch.Images;

namespace Scenograph.Reports.Pictures;

/// <summary>
/// Grids of equally large images, laid out as torchvision's make_grid does: the three that the ClevrTex benchmark logs
/// (Karazija et al. 2021, arXiv 2111.10265), and the masks.
/// </summary>
public static class ImageGrid
{
    private const int Grey = 128;
    private const int ImagesPerRow = 16;

    private static readonly Colour MarkGreen = new(0, 255, 0);
    private static readonly Colour BoxGreen = new(0, 128, 0);

    /// <summary>Lays images out row by row, with padding between them and around all.</summary>
    /// <param name="images">RGB images of one size, at least one.</param>
    /// <param name="columns">Images a row, at least 1; fewer images make a narrower grid.</param>
    /// <param name="padding">Pixels between images, at least 0.</param>
    /// <param name="padValue">Grey value of the padding, and of places left over.</param>
    public static Image Tile(IReadOnlyList<Image> images, int columns, int padding = 2, byte padValue = Grey)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfZero(images.Count);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(padding);
        var (width, height) = (images[0].Width, images[0].Height);
        if (images.FirstOrDefault(image => image.Width != width || image.Height != height || image.Channels != 3) is { } odd)
        {
            throw new ArgumentException($"a grid of {width}×{height} RGB images cannot hold one of {odd.Width}×{odd.Height} with {odd.Channels} channels");
        }
        columns = Math.Min(columns, images.Count);
        var rows = (images.Count + columns - 1) / columns;
        var grid = Drawing.Plain(columns * (width + padding) + padding, rows * (height + padding) + padding, new Colour(padValue, padValue, padValue));
        for (var i = 0; i < images.Count; i++)
        {
            Drawing.Paste(grid, images[i], padding + i % columns * (width + padding), padding + i / columns * (height + padding));
        }
        return grid;
    }

    /// <summary>'segmentation': image, reconstruction, true and predicted segments of each scene side by side, four scenes a row.</summary>
    /// <param name="scenes">At least one; a scene without truth shows background there.</param>
    /// <param name="colours">The benchmark's colours by default.</param>
    public static Image Segmentation(IReadOnlyList<SceneDecomposition> scenes, SegmentationColours? colours = null)
    {
        colours ??= SegmentationColours.Benchmark;
        var tiles = new List<Image>();
        foreach (var scene in Checked(scenes))
        {
            var (height, width) = (scene.Height, scene.Width);
            tiles.Add(InputOf(scene));
            tiles.Add(ReconstructionOf(scene));
            tiles.Add(colours.Paint(scene.TrueLabels ?? new byte[height * width], height, width));
            tiles.Add(colours.Paint(scene.PredictedLabels(), height, width));
        }
        return Tile(tiles, ImagesPerRow);
    }

    /// <summary>
    /// 'recon': a row of inputs, a row of reconstructions, a row of backgrounds where there are any that are not all zero, then one
    /// row a component, each picture multiplied by its mask; a green corner of 2×2 pixels marks components that are present.
    /// </summary>
    public static Image Reconstructions(IReadOnlyList<SceneDecomposition> scenes)
    {
        Checked(scenes);
        var tiles = new List<Image>();
        tiles.AddRange(scenes.Select(InputOf));
        tiles.AddRange(scenes.Select(ReconstructionOf));
        if (scenes.All(scene => scene.Background is not null) && scenes.Any(scene => scene.Background.AsSpan().ContainsAnyExcept(0f)))
        {
            tiles.AddRange(scenes.Select(scene => Drawing.FromPlanes(scene.Background, scene.Channels, scene.Height, scene.Width)));
        }
        for (var k = 0; k < scenes.Max(scene => scene.ComponentCount); k++)
        {
            tiles.AddRange(scenes.Select(scene => MaskedComponent(scene, k)));
        }
        return Tile(tiles, scenes.Count, padding: 1);
    }

    /// <summary>'output': input and reconstruction of each scene, eight scenes a row, with green boxes around present components.</summary>
    public static Image Outputs(IReadOnlyList<SceneDecomposition> scenes)
    {
        var tiles = new List<Image>();
        foreach (var scene in Checked(scenes))
        {
            var output = ReconstructionOf(scene);
            for (var k = 0; k < (scene.Boxes?.Count ?? 0); k++)
            {
                if (scene.Present?[k] ?? true)
                {
                    Drawing.Frame(output, scene.Boxes![k], BoxGreen);
                }
            }
            tiles.Add(InputOf(scene));
            tiles.Add(output);
        }
        return Tile(tiles, ImagesPerRow);
    }

    /// <summary>A row of inputs, then one row a component: its mask, black where it has no share and white where it has all.</summary>
    public static Image Masks(IReadOnlyList<SceneDecomposition> scenes)
    {
        var tiles = new List<Image>();
        tiles.AddRange(Checked(scenes).Select(InputOf));
        for (var k = 0; k < scenes.Max(scene => scene.ComponentCount); k++)
        {
            tiles.AddRange(scenes.Select(scene => k < scene.ComponentCount
                ? Drawing.FromPlanes(scene.Mask(k), 1, scene.Height, scene.Width)
                : Drawing.Plain(scene.Width, scene.Height, default)));
        }
        return Tile(tiles, scenes.Count, padding: 1);
    }

    private static Image InputOf(SceneDecomposition scene) => Drawing.FromPlanes(scene.Image, scene.Channels, scene.Height, scene.Width);

    private static Image ReconstructionOf(SceneDecomposition scene) => Drawing.FromPlanes(scene.Reconstruction, scene.Channels, scene.Height, scene.Width);

    private static Image MaskedComponent(SceneDecomposition scene, int k)
    {
        if (k >= scene.ComponentCount)
        {
            return Drawing.Plain(scene.Width, scene.Height, default);
        }
        var mask = scene.Mask(k);
        var masked = scene.Component(k).ToArray();
        for (var i = 0; i < masked.Length; i++)
        {
            masked[i] *= mask[i % mask.Length];
        }
        var image = Drawing.FromPlanes(masked, scene.Channels, scene.Height, scene.Width);
        if (scene.Present?[k] ?? false)
        {
            Drawing.Fill(image, 0, 0, 2, 2, MarkGreen);
        }
        return image;
    }

    private static IReadOnlyList<SceneDecomposition> Checked(IReadOnlyList<SceneDecomposition> scenes)
    {
        ArgumentNullException.ThrowIfNull(scenes);
        foreach (var scene in scenes)
        {
            scene.Check();
        }
        return scenes;
    }
}
