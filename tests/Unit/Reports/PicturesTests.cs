using Scenograph.Reports.Pictures;
using Scenograph.Torch.Images;

namespace Scenograph.Tests.Unit.Reports;

public sealed class PicturesTests
{
    private static readonly Colour Grey = new(128, 128, 128);

    [Fact]
    public void Values_are_clamped_scaled_and_truncated()
    {
        var image = Drawing.FromPlanes([-1, 0.5f, 2, float.NaN], 1, 2, 2);

        Assert.Equal([0, 0, 0, 127, 127, 127, 255, 255, 255, 0, 0, 0], image.Pixels);
    }

    [Fact]
    public void Planes_become_interleaved_channels()
    {
        var image = Drawing.FromPlanes([0, 1, 1, 0, 0, 0], 3, 1, 2);

        Assert.Equal([0, 255, 0, 255, 0, 0], image.Pixels);
    }

    [Fact]
    public void Enlarging_repeats_every_pixel()
    {
        var image = Drawing.Upscale(new Image(2, 2, 1, [1, 2, 3, 4]), 2);

        Assert.Equal((4, 4), (image.Width, image.Height));
        Assert.Equal([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4], image.Pixels);
    }

    [Theory]
    [InlineData(32, 32, 96, 3)]
    [InlineData(64, 48, 96, 2)]
    [InlineData(128, 128, 96, 1)]
    public void The_factor_reaches_the_wanted_size(int width, int height, int size, int factor) => Assert.Equal(factor, Drawing.FactorFor(width, height, size));

    [Fact]
    public void A_grid_is_filled_row_by_row_within_padding()
    {
        var images = Enumerable.Range(1, 3).Select(i => Drawing.Plain(2, 1, new Colour((byte)i, 0, 0))).ToList();

        var grid = ImageGrid.Tile(images, columns: 2, padding: 1, padValue: 9);

        Assert.Equal((7, 5), (grid.Width, grid.Height));
        Assert.Equal(
        [
            9, 9, 9, 9, 9, 9, 9,
            9, 1, 1, 9, 2, 2, 9,
            9, 9, 9, 9, 9, 9, 9,
            9, 3, 3, 9, 9, 9, 9,
            9, 9, 9, 9, 9, 9, 9,
        ], grid.Pixels.Where((_, i) => i % 3 == 0));
    }

    [Fact]
    public void Predicted_labels_are_the_first_largest_mask()
    {
        var scene = Scene() with { Masks = [0.5f, 0.2f, 0.5f, 0.3f, 0.4f, 0.5f] };

        Assert.Equal([0, 1, 0], Flat(scene).PredictedLabels());
    }

    [Fact]
    public void What_object_masks_leave_is_the_background()
    {
        var scene = Scene() with { Masks = [0.4f, 0.6f, 0.1f, 0.2f, 0.1f, 0.6f], MasksHaveBackground = false };

        Assert.Equal([0, 1, 2], Flat(scene).PredictedLabels());
    }

    [Fact]
    public void The_segmentation_grid_shows_image_reconstruction_truth_and_prediction()
    {
        var grid = ImageGrid.Segmentation([Scene()]);

        Assert.Equal((4 * 4 + 2 * 5, 4 + 4), (grid.Width, grid.Height));
        Assert.Equal(new Colour(255, 0, 0), At(grid, 2, 2));                       // the red input
        Assert.Equal(new Colour(0, 0, 127), At(grid, 8, 2));                       // the blue reconstruction
        Assert.Equal(new Colour(0, 128, 0), At(grid, 14 + 3, 2));                  // true label 2
        Assert.Equal(new Colour(255, 0, 0), At(grid, 20 + 3, 2));                  // predicted label 1
        Assert.Equal(Grey, At(grid, 0, 0));
    }

    [Fact]
    public void Four_scenes_fill_a_row_of_the_segmentation_grid()
    {
        var grid = ImageGrid.Segmentation([.. Enumerable.Repeat(Scene(), 5)]);

        Assert.Equal((16 * 6 + 2, 2 * 6 + 2), (grid.Width, grid.Height));
    }

    [Fact]
    public void The_reconstruction_grid_multiplies_components_by_masks_and_marks_present_ones()
    {
        var grid = ImageGrid.Reconstructions([Scene() with { Present = [false, true] }]);

        Assert.Equal((6, 4 * 5 + 1), (grid.Width, grid.Height));
        Assert.Equal(new Colour(255, 255, 255), At(grid, 1, 11));                  // first component within its mask
        Assert.Equal(new Colour(0, 0, 0), At(grid, 4, 11));                        // and without
        Assert.Equal(new Colour(0, 255, 0), At(grid, 2, 17));                      // corner of the second
        Assert.Equal(new Colour(0, 0, 0), At(grid, 1, 18));                        // below the corner, outside its mask
    }

    [Fact]
    public void The_reconstruction_grid_has_a_row_for_backgrounds_unless_all_are_black()
    {
        var black = Scene() with { Background = new float[48] };
        var white = Scene() with { Background = [.. Enumerable.Repeat(1f, 48)] };

        Assert.Equal(4 * 5 + 1, ImageGrid.Reconstructions([black]).Height);
        Assert.Equal(5 * 5 + 1, ImageGrid.Reconstructions([black, white]).Height);
    }

    [Fact]
    public void The_output_grid_draws_boxes_of_present_components()
    {
        var grid = ImageGrid.Outputs([Scene() with { Present = [true, false], Boxes = [new Box(1, 1, 9, 2), new Box(0, 0, 3, 3)] }]);

        Assert.Equal((14, 8), (grid.Width, grid.Height));
        Assert.Equal(new Colour(0, 128, 0), At(grid, 8 + 1, 2 + 1));
        Assert.Equal(new Colour(0, 0, 127), At(grid, 8, 2));
    }

    [Fact]
    public void The_mask_grid_has_a_row_of_inputs_and_one_for_each_mask()
    {
        var grid = ImageGrid.Masks([Scene()]);

        Assert.Equal((6, 3 * 5 + 1), (grid.Width, grid.Height));
        Assert.Equal(new Colour(255, 0, 0), At(grid, 1, 1));                       // the red input
        Assert.Equal(new Colour(255, 255, 255), At(grid, 1, 6));                   // the left half is the first component's
        Assert.Equal(new Colour(0, 0, 0), At(grid, 1, 11));                        // and not the second's
    }

    [Fact]
    public void Boxes_beyond_the_image_are_clipped()
    {
        var image = Drawing.Plain(3, 3, default);

        Drawing.Frame(image, new Box(-5, -5, 20, 20), Grey);

        Assert.All(image.Pixels, value => Assert.Equal(0, value));
    }

    [Fact]
    public void The_figure_has_a_row_a_scene_and_a_column_a_title()
    {
        var scenes = new[] { Scene(), Scene() with { TrueLabels = null } };

        var figure = DecompositionFigure.Draw(scenes, size: 8);

        Assert.Equal(["image", "reconstruction", "true masks", "predicted masks", "component 1", "component 2"], DecompositionFigure.ColumnTitles(scenes));
        Assert.Equal((6 * 12 + 4, 2 * 12 + 4), (figure.Width, figure.Height));
    }

    [Fact]
    public void Matching_segments_share_a_colour_in_the_figure()
    {
        // The truth calls the right half 2, the model calls it 1.
        var figure = DecompositionFigure.Draw([Scene()], size: 4);

        Assert.Equal(SegmentationColours.Accessible[2], At(figure, 4 + 8 * 2 + 3, 4));
        Assert.Equal(SegmentationColours.Accessible[2], At(figure, 4 + 8 * 3 + 3, 4));
        Assert.Equal(SegmentationColours.Accessible[2], At(figure, 4 + 8 * 5 + 3, 4)); // the component's bar
    }

    [Fact]
    public void Segments_without_a_partner_get_colours_that_no_true_segment_has()
    {
        var labels = SegmentMatching.LabelsFor([0, 0, 1, 2], [0, 0, 1, 1], 4);

        Assert.Equal([0, 1], labels[..2]);
        Assert.Equal([2, 3], labels[2..].Order());
    }

    [Fact]
    public void Arrays_of_wrong_size_are_refused() =>
        Assert.Throws<ArgumentException>(() => DecompositionFigure.Draw([Scene() with { Components = new float[3] }]));

    [Fact]
    public void A_scene_of_three_hundred_components_is_drawn()
    {
        var scene = Flat(Scene()) with { Image = new float[9], Reconstruction = new float[9], Masks = new float[900], Components = new float[2700], TrueLabels = [0, 1, 255] };
        scene.Masks[899] = 1;

        Assert.Equal(304 * (3 + 4) + 4, DecompositionFigure.Draw([scene], size: 1).Width);
    }

    /// <summary>4×4: a red image, a blue reconstruction, a left and a right half; the truth calls the right half 2.</summary>
    private static SceneDecomposition Scene()
    {
        static float Half(int i, bool right) => (i % 4 >= 2) == right ? 1 : 0;
        return new()
        {
            Channels = 3,
            Height = 4,
            Width = 4,
            Image = [.. Enumerable.Repeat(1f, 16), .. new float[32]],
            Reconstruction = [.. new float[32], .. Enumerable.Repeat(0.5f, 16)],
            Components = [.. Enumerable.Repeat(1f, 96)],
            Masks = [.. Enumerable.Range(0, 16).Select(i => Half(i, false)), .. Enumerable.Range(0, 16).Select(i => Half(i, true))],
            TrueLabels = [.. Enumerable.Range(0, 16).Select(i => (byte)(2 * Half(i, true)))],
        };
    }

    private static SceneDecomposition Flat(SceneDecomposition scene) => scene with { Height = 1, Width = 3 };

    private static Colour At(Image image, int x, int y)
    {
        var at = 3 * (y * image.Width + x);
        return new Colour(image.Pixels[at], image.Pixels[at + 1], image.Pixels[at + 2]);
    }
}
