using Scenograph.Data;
using Scenograph.Data.Transforms;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Data;

public sealed class SceneTransformTests
{
    private static readonly Sample Scene = Make(
        4, 6,
        [
            0, 0, 0, 0, 0, 0,
            0, 2, 2, 0, 0, 1,
            0, 2, 2, 3, 0, 0,
            0, 0, 0, 3, 3, 0,
        ]);

    [Fact]
    public void Centre_crops_start_at_half_of_what_is_left_rounded_down()
    {
        var crop = SceneTransform.CropCentre(Scene, 0.8);

        Assert.Equal((3, 3), (crop.Height, crop.Width));
        Assert.Equal([0, 0, 0, 2, 2, 0, 2, 2, 3], crop.Labels!);
        Assert.Equal([1, 2, 3, 7, 8, 9, 13, 14, 15], Values(crop)[..9]);
        Assert.Equal(24 + 1, Values(crop)[9]);
    }

    [Fact]
    public void An_image_smaller_than_the_crop_is_refused_with_both_sizes()
    {
        var exception = Assert.Throws<InputException>(() => SceneTransform.CropCentre(Scene, 5, 5));

        Assert.Contains("4 x 6 pixels, less than the crop of 5 x 5", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Flip_turns_upside_down()
    {
        var flipped = SceneTransform.FlipRows(Scene);

        Assert.Equal([0, 0, 0, 3, 3, 0], flipped.Labels![..6]);
        Assert.Equal([18, 19, 20, 21, 22, 23, 12], Values(flipped)[..7]);
        Assert.Equal(Scene.Image, SceneTransform.FlipRows(flipped).Image);
    }

    [Fact]
    public void The_first_object_that_is_no_line_or_point_is_cut_out()
    {
        var cut = SceneTransform.CropToObject(Scene);

        Assert.Equal((2, 2), (cut.Height, cut.Width));
        Assert.Equal([1, 1, 1, 1], cut.Labels!);
        Assert.Equal([7, 8, 13, 14], Values(cut)[..4]);
    }

    [Fact]
    public void Without_such_an_object_the_whole_image_and_its_background_remain()
    {
        var whole = SceneTransform.CropToObject(Make(2, 3, [0, 1, 0, 0, 0, 2]));

        Assert.Equal([1, 0, 1, 1, 1, 0], whole.Labels!);
    }

    [Fact]
    public void Objects_beyond_the_maximum_become_background()
    {
        var kept = SceneTransform.KeepObjects(Scene, 2);

        Assert.Equal(2, LabelMap.Maximum(kept.Labels!));
        Assert.Equal([true, true, true, false], kept.Visible!);
        Assert.Equal(Scene.Image, kept.Image);
    }

    [Fact]
    public void Steps_run_in_the_order_of_the_language()
    {
        var steps = new TransformSteps { Crop = 1, Flip = true, OnlyObject = true, Size = (2, 4), Resampling = Resampling.Torch };
        var stepwise = SceneTransform.Resize(SceneTransform.CropToObject(SceneTransform.FlipRows(SceneTransform.CropCentre(Scene, 1))), 2, 4, Resampling.Torch);

        Assert.Equal(stepwise.Image, steps.Apply(Scene).Image);
        Assert.Equal(stepwise.Labels, steps.Apply(Scene).Labels);
    }

    [Fact]
    public void Objects_that_a_crop_removes_are_no_longer_visible_unless_the_set_declares_them()
    {
        var steps = new TransformSteps { Crop = 0.8 };

        Assert.Equal([true, false, true, true], steps.Apply(Scene).Visible!);
        Assert.Equal([true, true, true, true], (steps with { KeepVisible = true }).Apply(Scene).Visible!);
    }

    [Fact]
    public void The_object_alone_needs_a_size() =>
        Assert.Contains("needs a size", Assert.Throws<InputException>(() => new TransformedDataSet(new MemoryDataSet(3), new TransformSteps { OnlyObject = true })).Message, StringComparison.Ordinal);

    [Fact]
    public void Sets_of_different_shapes_are_not_concatenated() =>
        Assert.Contains("give the spec a size", Assert.Throws<InputException>(() => new ConcatenatedDataSet([new MemoryDataSet(3), new MemoryDataSet(3, 5)])).Message, StringComparison.Ordinal);

    [Fact]
    public void Concatenation_is_one_after_the_other()
    {
        var both = new ConcatenatedDataSet([new MemoryDataSet(3), new MemoryDataSet(2)]);

        Assert.Equal([0, 1, 2, 0, 1], Enumerable.Range(0, both.Count).Select(i => both.Read(i).Index));
    }

    // Values count the pixels, in 255ths.
    private static Sample Make(int height, int width, byte[] labels) => new()
    {
        Index = 5,
        Channels = 2,
        Height = height,
        Width = width,
        Image = [.. Enumerable.Range(0, 2 * height * width).Select(i => i / 255f)],
        Labels = labels,
        Visible = [true, true, true, true],
    };

    private static int[] Values(Sample sample) => Array.ConvertAll(sample.Image, value => (int)PixelValues.ToByte(value));
}
