using Scenograph.Data.Resizing;

namespace Scenograph.Tests.Unit.Data;

public sealed class ResizingTests
{
    private static readonly byte[] Ramp = [.. Enumerable.Range(0, 8 * 6).Select(i => (byte)(i * 37 % 256))];

    // Made with Pillow 9.4: Image.fromarray(ramp.reshape(6, 8)).resize((5, 4), BILINEAR), and resize((11, 9), BILINEAR)'s first row.
    [Fact]
    public void Pillow_resizing_equals_pillow()
    {
        Assert.Equal(PillowSmall, PillowBilinear.Resize(Ramp, 1, 6, 8, 4, 5));
        Assert.Equal(PillowLargeRow, PillowBilinear.Resize(Ramp, 1, 6, 8, 9, 11)[..11]);
    }

    [Fact]
    public void The_same_size_changes_nothing()
    {
        Assert.Equal(Ramp, PillowBilinear.Resize(Ramp, 1, 6, 8, 6, 8));
        Assert.Equal(Ramp.Select(value => (float)value), TorchBilinear.Resize([.. Ramp.Select(value => (float)value)], 1, 6, 8, 6, 8));
    }

    [Fact]
    public void Torch_resizing_takes_the_two_neighbours_of_the_half_pixel_centre()
    {
        // Half size: centres at 0.5, 2.5, 4.5, 6.5; each the mean of two.
        Assert.Equal([0.5f, 2.5f, 4.5f, 6.5f], TorchBilinear.Resize([0, 1, 2, 3, 4, 5, 6, 7], 1, 1, 8, 1, 4));
        // A third: centre of three, without antialiasing the middle one alone.
        Assert.Equal([9f, 1f], TorchBilinear.Resize([0, 9, 0, 5, 1, 5], 1, 1, 6, 1, 2));
        // Double: clamped at the borders.
        Assert.Equal([0, 0.25f, 0.75f, 1], TorchBilinear.Resize([0, 1], 1, 1, 2, 1, 4));
    }

    [Fact]
    public void Nearest_conventions_differ_by_half_a_pixel()
    {
        byte[] row = [0, 1, 2, 3, 4, 5];

        Assert.Equal([0, 1, 3, 4], Nearest.Torch(row, 1, 6, 1, 4));
        Assert.Equal([0, 2, 3, 5], Nearest.Pillow(row, 1, 6, 1, 4));
    }

    [Fact]
    public void Blocks_are_averaged_and_vote()
    {
        byte[] map = [0, 1, 2, 2, 0, 1, 0, 2];

        Assert.Equal([1, 2], BlockScaling.Majority([.. map, .. map], 4, 2)[..2]);
        Assert.Equal([1, 2], BlockScaling.Average([.. map, .. map], 1, 4, 2)[..2]);
    }

    private static readonly byte[] PillowSmall = [30, 86, 145, 178, 69, 86, 142, 181, 92, 59, 144, 184, 105, 66, 117, 200, 120, 63, 117, 173];

    private static readonly byte[] PillowLargeRow = [0, 22, 49, 76, 103, 130, 156, 183, 210, 132, 3];
}
