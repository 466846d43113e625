using Scenograph.Reports.Pictures;

namespace Scenograph.Tests.Unit.Reports;

public sealed class SegmentationColoursTests
{
    // Machado, Oliveira, Fernandes 2009, severity 1, on linear RGB.
    private static readonly double[][] Sights =
    [
        [1, 0, 0, 0, 1, 0, 0, 0, 1],
        [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
        [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881],
        [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900],
    ];

    [Fact]
    public void The_benchmark_has_its_sixty_colours_in_its_order()
    {
        var colours = SegmentationColours.Benchmark;

        Assert.Equal(60, colours.Count);
        Assert.Equal(
            ["#000000", "#ff0000", "#008000", "#0000ff", "#ffff00", "#393b79", "#3182bd", "#637939", "#e6550d", "#8c6d31", "#31a354"],
            Enumerable.Range(0, 11).Select(label => colours[label].ToString()));
        Assert.Equal(["#7b4173", "#636363", "#5254a3", "#6baed6"], Enumerable.Range(13, 4).Select(label => colours[label].ToString()));
        Assert.Equal(["#de9ed6", "#d9d9d9", "#00ffff", "#ff00ff", "#8dd3c7"], Enumerable.Range(43, 5).Select(label => colours[label].ToString()));
        Assert.Equal(["#ffed6f", "#ffffff", "#ffffff"], Enumerable.Range(58, 3).Select(label => colours[label].ToString()));
    }

    [Fact]
    public void Accessible_colours_begin_again_after_the_background()
    {
        var colours = SegmentationColours.Accessible;

        Assert.Equal(colours[1], colours[colours.Count]);
        Assert.DoesNotContain(colours[0], Enumerable.Range(1, 255).Select(label => colours[label]));
    }

    [Fact]
    public void Accessible_colours_can_be_told_apart_with_every_kind_of_sight()
    {
        var colours = SegmentationColours.Accessible;
        foreach (var sight in Sights)
        {
            for (var a = 0; a < colours.Count; a++)
            {
                for (var b = 0; b < a; b++)
                {
                    // A difference of 2.3 in CIELAB is just noticeable.
                    var difference = Distance(Lab(colours[a], sight), Lab(colours[b], sight));
                    Assert.True(difference > 15, $"{colours[a]} and {colours[b]} differ by {difference:F1}");
                }
            }
        }
    }

    private static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b).Sum(pair => (pair.First - pair.Second) * (pair.First - pair.Second)));

    private static double[] Lab(Colour colour, double[] sight)
    {
        var linear = new[] { colour.Red, colour.Green, colour.Blue }.Select(value => value / 255.0)
            .Select(value => value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4)).ToArray();
        var seen = Product(sight, linear).Select(value => Math.Clamp(value, 0, 1)).ToArray();
        var xyz = Product([0.4124564, 0.3575761, 0.1804375, 0.2126729, 0.7151522, 0.0721750, 0.0193339, 0.1191920, 0.9503041], seen);
        var f = xyz.Zip([0.95047, 1, 1.08883], (value, white) => value / white)
            .Select(value => value > 216.0 / 24389 ? Math.Cbrt(value) : (24389.0 / 27 * value + 16) / 116).ToArray();
        return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])];
    }

    private static double[] Product(double[] matrix, double[] vector) =>
        [.. Enumerable.Range(0, 3).Select(row => matrix[3 * row] * vector[0] + matrix[3 * row + 1] * vector[1] + matrix[3 * row + 2] * vector[2])];
}
