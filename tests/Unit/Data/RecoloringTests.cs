using Scenograph.Data;
using Scenograph.Data.Transforms;

namespace Scenograph.Tests.Unit.Data;

public sealed class RecoloringTests
{
    private static readonly MemoryDataSet Set = new(5, channels: 3);

    // numpy 1.24: Generator(SFC64(3730728833043713873)).random(6)
    [Fact]
    public void Colours_are_numpys()
    {
        var table = new ColorTable(2, 1);

        Assert.Equal(
            [0.6132855707658409f, 0.2263783356404827f, 0.2876562253925713f, 0.3983247493423948f, 0.10990823980967501f, 0.3997023561102878f],
            Enumerable.Range(0, 6).Select(i => table[i / 4, 0, i % 4]));
    }

    [Fact]
    public void A_black_background_leaves_the_objects() => Check(
        new Recoloring { BlackBackground = true }, (value, label, _) => label == 0 ? 0 : value);

    [Fact]
    public void A_random_background_has_one_colour_a_scene()
    {
        var table = new ColorTable(5, 1);
        Check(new Recoloring { RandomBackground = true }, (value, label, at) => label == 0 ? table[at.Scene, 0, at.Channel] : value);
    }

    [Fact]
    public void Random_objects_share_one_colour_after_that_of_the_background()
    {
        var table = new ColorTable(5, 2);
        Check(new Recoloring { RandomBackground = true, OneRandomObjectColor = true }, (_, label, at) => table[at.Scene, label == 0 ? 0 : 1, at.Channel]);
    }

    [Fact]
    public void Each_random_object_has_a_colour_of_its_own()
    {
        var table = new ColorTable(5, 20);
        Check(new Recoloring { EachObjectRandomColor = true }, (value, label, at) => label == 0 ? value : table[at.Scene, label - 1, at.Channel]);
    }

    private static void Check(Recoloring recoloring, Func<float, byte, (int Scene, int Channel), float> expected)
    {
        var set = new RecoloredDataSet(Set, recoloring);
        for (var scene = 0; scene < set.Count; scene++)
        {
            var before = Set.Read(scene);
            var area = before.Labels!.Length;
            Assert.Equal(before.Image.Select((value, i) => expected(value, before.Labels[i % area], (scene, i / area))), set.Read(scene).Image);
        }
    }
}
