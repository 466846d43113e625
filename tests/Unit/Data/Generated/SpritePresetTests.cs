using System.Globalization;
using Scenograph.Data;
using Scenograph.Data.Generated;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Data.Generated;

/// <summary>Generated multi-dSprites against what is known of the published scenes and of dSprites.</summary>
public sealed class SpritePresetTests
{
    private const int Count = 600;

    private static Sample[] Scenes(string variant) =>
        [.. Enumerable.Range(0, Count).AsParallel().AsOrdered().Select(DataSets.Open($"sprites:{variant}", Split.Train, new DataRoots([]), new DataSetOptions { Count = Count }).Read)];

    [Theory]
    [InlineData("colored_on_colored", 3, 1, 4)]
    [InlineData("colored_on_grayscale", 3, 2, 5)]
    [InlineData("binarized", 1, 2, 3)]
    public void Numbers_of_objects_and_channels_are_the_published_ones(string variant, int channels, int least, int most)
    {
        var scenes = Scenes(variant);

        Assert.All(scenes, scene => Assert.Equal((channels, 64, 64), (scene.Channels, scene.Height, scene.Width)));
        var counts = scenes.CountBy(scene => scene.Metadata!.Objects.Count).ToDictionary();
        Assert.Equal(Enumerable.Range(least, most - least + 1), counts.Keys.Order());
        var expected = Count / (most - least + 1.0);
        Assert.All(counts.Values, count => Assert.InRange(count, expected - (5 * Math.Sqrt(expected)), expected + (5 * Math.Sqrt(expected))));
    }

    [Fact]
    public void Shapes_six_sizes_and_forty_angles_are_equally_likely()
    {
        var objects = Scenes("colored_on_grayscale").SelectMany(scene => scene.Metadata!.Objects).ToArray();

        AssertUniform(objects.Select(one => one.Attributes["shape"]), ["square", "ellipse", "heart"]);
        AssertUniform(objects.Select(one => one.Attributes["size"]), ["10", "12", "14", "16", "18", "20"]);
        Assert.Equal(40, objects.Select(one => one.Attributes["rotation"]).Distinct().Count());
        Assert.Contains("360", objects.Select(one => one.Attributes["rotation"]));
    }

    [Fact]
    public void Centres_take_the_middle_half_of_the_image_evenly()
    {
        var objects = Scenes("colored_on_colored").SelectMany(scene => scene.Metadata!.Objects).ToArray();
        foreach (var axis in (string[])["x", "y"])
        {
            double[] places = [.. objects.Select(one => Number(one, axis))];
            Assert.All(places, place => Assert.InRange(place, 16, 48));
            Assert.InRange(places.Average(), 31, 33);
            Assert.InRange(places.Average(place => (place - 32) * (place - 32)), 32 * 32 / 12.0 * 0.9, 32 * 32 / 12.0 * 1.1);
        }
    }

    [Fact]
    public void Backgrounds_and_colours_are_those_of_the_variants()
    {
        var (coloured, grey, binary) = (Scenes("colored_on_colored"), Scenes("colored_on_grayscale"), Scenes("binarized"));

        double[][] grounds = [.. coloured.Select(Background)];
        Assert.All(Enumerable.Range(0, 3), channel => Assert.InRange(grounds.Average(ground => ground[channel]), 0.45, 0.55));
        Assert.Contains(grounds, ground => Math.Abs(ground[0] - ground[1]) > 0.3);
        Assert.All(grey.Select(Background), ground => Assert.True(ground[0] == ground[1] && ground[1] == ground[2]));
        Assert.InRange(grey.Average(scene => Background(scene)[0]), 0.45, 0.55);
        Assert.All(binary, scene => Assert.All(scene.Labels!.Index(), pixel => Assert.Equal(pixel.Item > 0 ? 1f : 0f, scene.Image[pixel.Index])));
        // Uniform in RGB: each channel one half; uniform in HSV: value one half, each channel value · (1 − half the saturation's mean) less.
        Assert.InRange(Colors(coloured).Average(), 0.46, 0.54);
        Assert.InRange(Colors(grey).Average(), 0.33, 0.42);

        static double[] Background(Sample scene)
        {
            var pixel = Array.IndexOf(scene.Labels!, (byte)0);
            return [.. Enumerable.Range(0, 3).Select(channel => (double)scene.Image[(channel * 4096) + pixel])];
        }

        static IEnumerable<double> Colors(Sample[] scenes) => scenes.SelectMany(scene => scene.Metadata!.Objects).SelectMany(one =>
            Convert.FromHexString(one.Attributes["color"][1..]).Select(value => value / 255.0));
    }

    [Fact]
    public void Later_objects_hide_earlier_ones_and_none_wholly()
    {
        var scenes = Scenes("colored_on_grayscale");

        Assert.All(scenes, scene => Assert.All(Enumerable.Range(1, scene.Metadata!.Objects.Count), label => Assert.Contains((byte)label, scene.Labels!)));
        // The last one is never cut: its area is its shape's.
        Assert.All(scenes, scene =>
        {
            var last = scene.Metadata!.Objects[^1];
            var side = Number(last, "size");
            var share = last.Attributes["shape"] switch { "square" => 1.0, "ellipse" => Math.PI * 1.3 * 0.7 / 4, _ => 221.0 / 256 };
            Assert.InRange(scene.Labels!.Count(label => label == scene.Metadata.Objects.Count), side * side * share * 0.9, side * side * share * 1.1);
        });
        Assert.Contains(scenes, scene => scene.Labels!.Count(label => label == 1) < 30);
    }

    [Fact]
    public void Squares_ellipses_and_hearts_have_the_measures_of_dSprites()
    {
        AssertShape(SpriteShape.Square, 20, area: (400, 400), width: 20, height: 20);
        AssertShape(SpriteShape.Ellipse, 20, area: (280, 292), width: 26, height: 14);
        AssertShape(SpriteShape.Heart, 16, area: (212, 232), width: 19, height: 18);

        static void AssertShape(SpriteShape shape, double side, (int Least, int Most) area, int width, int height)
        {
            // Centred between two pixels, as dSprites' are.
            List<(int X, int Y)> inside = [];
            for (var i = 0; i < 64 * 64; i++)
            {
                if (SpriteOutline.Contains(shape, SpriteProportions.Dsprites, ((i % 64) - 31.5) / (side / 2), ((i / 64) - 31.5) / (side / 2)))
                {
                    inside.Add((i % 64, i / 64));
                }
            }

            Assert.InRange(inside.Count, area.Least, area.Most);
            Assert.InRange(inside.Max(p => p.X) - inside.Min(p => p.X) + 1, width - 1, width + 1);
            Assert.InRange(inside.Max(p => p.Y) - inside.Min(p => p.Y) + 1, height - 1, height + 1);
        }
    }

    [Fact]
    public void No_shape_of_dSprites_reaches_beyond_its_stated_radius()
    {
        foreach (var shape in (SpriteShape[])[SpriteShape.Square, SpriteShape.Ellipse, SpriteShape.Heart])
        {
            for (var i = 0; i < 360; i++)
            {
                var (sine, cosine) = Math.SinCos(i * Math.PI / 180);
                var beyond = SpriteOutline.Radius(shape, SpriteProportions.Dsprites) + 1e-6;
                Assert.False(SpriteOutline.Contains(shape, SpriteProportions.Dsprites, beyond * cosine, beyond * sine));
            }
        }
    }

    [Fact]
    public void A_variant_takes_another_number_of_objects()
    {
        var set = DataSets.Open("sprites:colored_on_grayscale:6:8", Split.Test, new DataRoots([]), new DataSetOptions { Count = 60 });

        Assert.Equal([6, 7, 8], Enumerable.Range(0, 60).Select(i => set.Read(i).Metadata!.Objects.Count).Distinct().Order());
        Assert.Equal(9, set.MaskCount);
    }

    [Theory]
    [InlineData("sprites:binarised", "there is no such variant; there is sprites:colored_on_colored, sprites:colored_on_grayscale, sprites:binarized")]
    [InlineData("sprites:binarized:6", "there is no such variant")]
    [InlineData("sprites:binarized:6:x", "there is no such variant")]
    [InlineData("sprites:binarized:6:4", "MinimumObjects is 6, but must be 0 to MaximumObjects (4)")]
    public void A_variant_that_is_not_there_is_refused(string spec, string because) =>
        Assert.Contains(because, Assert.Throws<InputException>(() => DataSets.Open(spec, Split.Test, new DataRoots([]))).Message, StringComparison.Ordinal);

    private static void AssertUniform(IEnumerable<string> values, string[] expected)
    {
        var counts = values.CountBy(value => value).ToDictionary();
        var mean = counts.Values.Sum() / (double)expected.Length;
        Assert.Equal(expected.Order(), counts.Keys.Order());
        Assert.All(counts.Values, count => Assert.InRange(count, mean - (5 * Math.Sqrt(mean)), mean + (5 * Math.Sqrt(mean))));
    }

    private static double Number(ObjectMetadata sprite, string name) => double.Parse(sprite.Attributes[name], CultureInfo.InvariantCulture);
}
