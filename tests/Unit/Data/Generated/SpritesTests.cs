using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Scenograph.Data;
using Scenograph.Data.Generated;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Data.Generated;

public sealed class SpritesTests
{
    private static readonly SpriteOptions Small = new() { Size = 32 };

    [Fact]
    public void The_same_seed_split_and_index_draw_the_same_scene()
    {
        var first = new Sprites(Small, Split.Train, 100, seed: 7).Read(42);
        var second = new Sprites(Small, Split.Train, 1000, seed: 7).Read(42);

        Assert.Equal(first.Image, second.Image);
        Assert.Equal(first.Labels, second.Labels);
        Assert.Equal(first.Metadata!.Objects.Select(one => one.Attributes), second.Metadata!.Objects.Select(one => one.Attributes));
    }

    [Theory]
    [InlineData(8, Split.Train, 42)]
    [InlineData(7, Split.Test, 42)]
    [InlineData(7, Split.Train, 43)]
    public void Another_seed_split_or_index_draws_another_scene(int seed, Split split, int index)
    {
        var scene = new Sprites(Small, Split.Train, 100, seed: 7).Read(42);

        Assert.NotEqual(scene.Image, new Sprites(Small, split, 100, seed).Read(index).Image);
    }

    [Fact]
    public void Scenes_are_the_same_whichever_thread_draws_them()
    {
        var set = new Sprites(Small, Split.Train, 200);
        var alone = Enumerable.Range(0, set.Count).Select(i => set.Read(i).Image).ToArray();
        var together = new float[set.Count][];
        Parallel.For(0, set.Count, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => together[i] = set.Read(i).Image);

        Assert.Equal(alone, together);
    }

    [Fact]
    public void Masks_are_exactly_where_the_colours_are()
    {
        var set = new Sprites(Small, Split.Train, 200);
        for (var index = 0; index < set.Count; index++)
        {
            var scene = set.Read(index);
            for (var pixel = 0; pixel < scene.Labels!.Length; pixel++)
            {
                var label = scene.Labels[pixel];
                var expected = label == 0 ? "#000000" : scene.Metadata!.Objects[label - 1].Attributes["color"];
                Assert.Equal(expected, ColorAt(scene, pixel));
            }
        }
    }

    [Fact]
    public void Masks_are_the_shapes_that_the_metadata_tells_nearer_ones_first()
    {
        var set = new Sprites(Small with { Shapes = [SpriteShape.Circle] }, Split.Train, 100);
        for (var index = 0; index < set.Count; index++)
        {
            var scene = set.Read(index);
            var circles = scene.Metadata!.Objects.Select(one => (X: Number(one, "x"), Y: Number(one, "y"), Radius: Number(one, "size") / 2, Depth: Number(one, "depth"))).ToArray();
            for (var pixel = 0; pixel < scene.Labels!.Length; pixel++)
            {
                var (x, y) = ((pixel % 32) + 0.5, (pixel / 32) + 0.5);
                // The text has six digits after the point: leave out centres so near to an edge that these decide.
                if (circles.Any(circle => Math.Abs(Distance(circle, x, y) - circle.Radius) < 1e-5))
                {
                    continue;
                }

                var holding = Enumerable.Range(0, circles.Length).Where(i => Distance(circles[i], x, y) < circles[i].Radius);
                var expected = holding.OrderBy(i => circles[i].Depth).Select(i => i + 1).FirstOrDefault();
                Assert.Equal(expected, scene.Labels[pixel]);
            }
        }

        static double Distance((double X, double Y, double Radius, double Depth) circle, double x, double y) =>
            Math.Sqrt(((x - circle.X) * (x - circle.X)) + ((y - circle.Y) * (y - circle.Y)));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.8)]
    [InlineData(1.0)]
    public void Every_object_is_at_least_as_visible_as_asked(double visible)
    {
        var set = new Sprites(Small with { Shapes = [SpriteShape.Square], Rotate = false, MinimumVisible = visible }, Split.Train, 300);
        for (var index = 0; index < set.Count; index++)
        {
            var scene = set.Read(index);
            for (var label = 1; label <= scene.Metadata!.Objects.Count; label++)
            {
                var sprite = scene.Metadata.Objects[label - 1];
                var half = Number(sprite, "size") / 2;
                var area = Centres(Number(sprite, "x"), half) * Centres(Number(sprite, "y"), half);
                Assert.InRange(scene.Labels!.Count(one => one == label), visible * area, area);
            }
        }

        static int Centres(double middle, double half) => Enumerable.Range(0, 32).Count(i => Math.Abs(i + 0.5 - middle) <= half + 1e-9);
    }

    [Fact]
    public void Objects_do_overlap()
    {
        var set = new Sprites(Small with { Shapes = [SpriteShape.Square], Rotate = false }, Split.Train, 100);

        Assert.Contains(
            Enumerable.Range(0, set.Count).Select(set.Read),
            scene => scene.Metadata!.Objects.Index().Any(one => scene.Labels!.Count(label => label == one.Index + 1) < 0.9 * Math.Pow(Number(one.Item, "size"), 2) - 5));
    }

    [Fact]
    public void Number_of_objects_and_shapes_take_every_allowed_value()
    {
        var set = new Sprites(Small, Split.Train, 400);
        var scenes = Enumerable.Range(0, set.Count).Select(set.Read).ToArray();

        Assert.Equal([2, 3, 4], scenes.Select(scene => scene.Metadata!.Objects.Count).Distinct().Order());
        Assert.Equal(["ellipse", "heart", "square", "triangle"], scenes.SelectMany(scene => scene.Metadata!.Objects).Select(one => one.Attributes["shape"]).Distinct().Order());
    }

    [Fact]
    public void No_shape_reaches_beyond_its_stated_radius()
    {
        foreach (var shape in Enum.GetValues<SpriteShape>())
        {
            for (var i = 0; i < 360; i++)
            {
                var (sine, cosine) = Math.SinCos(i * Math.PI / 180);
                var beyond = SpriteOutline.Radius(shape) + 1e-6;
                Assert.False(SpriteOutline.Contains(shape, beyond * cosine, beyond * sine));
            }
        }
    }

    [Fact]
    public void Antialiasing_changes_edges_but_no_mask()
    {
        var hard = new Sprites(Small, Split.Train, 10).Read(3);
        var soft = new Sprites(Small with { AntiAlias = true }, Split.Train, 10).Read(3);

        Assert.Equal(hard.Labels, soft.Labels);
        Assert.NotEqual(hard.Image, soft.Image);
        Assert.All(soft.Image, value => Assert.Equal(PixelValues.ToFloat(PixelValues.ToByte(value)), value));
    }

    [Fact]
    public void Colours_keep_their_distance_from_each_other_and_the_background()
    {
        var set = new Sprites(Small with { MinimumColorDistance = 0.5, Background = SpriteBackground.Grey }, Split.Train, 100);
        for (var index = 0; index < set.Count; index++)
        {
            var scene = set.Read(index);
            var colors = scene.Labels!.Index().GroupBy(one => one.Item).Select(group => Enumerable.Range(0, 3).Select(c => scene.Image[(c * 1024) + group.First().Index]).ToArray()).ToArray();
            for (var i = 0; i < colors.Length; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    Assert.True(Math.Sqrt(colors[i].Zip(colors[j], (a, b) => (a - b) * (a - b)).Sum()) > 0.49);
                }
            }
        }
    }

    [Fact]
    public void Any_allowed_options_give_a_scene_or_one_clear_sentence()
    {
        var options =
            from size in Gen.Choose(16, 48)
            from most in Gen.Choose(1, 8)
            from least in Gen.Choose(0, most)
            from side in Gen.Choose(20, 70)
            from visible in Gen.Choose(0, 10)
            select new SpriteOptions { Size = size, MaximumObjects = most, MinimumObjects = least, MinimumSide = 0.2, MaximumSide = side / 100.0, MinimumVisible = visible / 10.0, Tries = 20 };

        Prop.ForAll(options.ToArbitrary(), one =>
        {
            try
            {
                var scene = new Sprites(one, Split.Test, 1).Read(0);
                return scene.Metadata!.Objects.Count >= one.MinimumObjects && LabelMap.Maximum(scene.Labels!) <= one.MaximumObjects;
            }
            catch (InputException exception)
            {
                return exception.Message.Contains("no scene", StringComparison.Ordinal);
            }
        }).Check(Repeatable.Config);
    }

    [Fact]
    public void An_option_out_of_range_is_refused_by_name()
    {
        var exception = Assert.Throws<InputException>(() => new Sprites(new SpriteOptions { MinimumObjects = 5 }, Split.Train, 1));

        Assert.Equal("sprites: MinimumObjects is 5, but must be 0 to MaximumObjects (4).", exception.Message);
    }

    private static double Number(ObjectMetadata sprite, string name) => double.Parse(sprite.Attributes[name], CultureInfo.InvariantCulture);

    private static string ColorAt(Sample scene, int pixel)
    {
        var area = scene.Height * scene.Width;
        return $"#{PixelValues.ToByte(scene.Image[pixel]):x2}{PixelValues.ToByte(scene.Image[area + pixel]):x2}{PixelValues.ToByte(scene.Image[(2 * area) + pixel]):x2}";
    }
}
