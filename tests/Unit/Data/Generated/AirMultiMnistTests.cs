using Scenograph.Data;
using Scenograph.Data.Formats;
using Scenograph.Data.Generated;

namespace Scenograph.Tests.Unit.Data.Generated;

public sealed class AirMultiMnistTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public AirMultiMnistTests() => DigitFiles.Write(folder);

    public void Dispose() => folder.Dispose();

    private AirMultiMnist Create(AirMultiMnistOptions? options = null, Split split = Split.Train, int count = 200) =>
        new(options ?? new(), split, MnistFiles.Read(folder.Path, test: split != Split.Train), count);

    private static (int X, int Y) Corner(ObjectMetadata thing) => (int.Parse(thing.Attributes["x"]), int.Parse(thing.Attributes["y"]));

    [Fact]
    public void Scenes_have_no_one_or_two_digits_about_equally_often()
    {
        var set = Create(count: 3000);

        var counts = Enumerable.Range(0, set.Count).CountBy(i => set.Read(i).Metadata!.Objects.Count).ToDictionary();

        Assert.All(new[] { 0, 1, 2 }, count => Assert.InRange(counts[count], 900, 1100));
    }

    [Fact]
    public void The_original_puts_the_first_digit_on_the_diagonal()
    {
        var (right, original) = (Create(), Create(new() { Diagonal = true }));
        var firsts = Enumerable.Range(0, 200).Where(i => original.Read(i).Metadata!.Objects.Count > 0).ToList();

        Assert.All(firsts, i => Assert.True(Corner(original.Read(i).Metadata!.Objects[0]) is var (x, y) && x == y));
        Assert.Contains(firsts, i => Corner(right.Read(i).Metadata!.Objects[0]) is var (x, y) && x != y);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Two_digits_are_14_pixels_apart_both_ways(bool diagonal)
    {
        var set = Create(new() { Diagonal = diagonal });

        var pairs = Enumerable.Range(0, set.Count).Select(i => set.Read(i).Metadata!.Objects).Where(things => things.Count == 2).ToList();

        Assert.NotEmpty(pairs);
        Assert.All(pairs, pair =>
        {
            var ((x0, y0), (x1, y1)) = (Corner(pair[0]), Corner(pair[1]));
            Assert.True(Math.Abs(x0 - x1) >= 14 && Math.Abs(y0 - y1) >= 14);
        });
    }

    [Fact]
    public void Labels_are_the_ink_or_the_whole_box()
    {
        var (ink, box) = (Create(), Create(new() { BoxLabels = true }));
        var scene = Enumerable.Range(0, 200).First(i => ink.Read(i).Metadata!.Objects.Count == 1);

        Assert.Equal(16 * 12, ink.Read(scene).Labels!.Count(label => label == 1));
        Assert.Equal(28 * 28, box.Read(scene).Labels!.Count(label => label == 1));
        Assert.Equal(ink.Read(scene).Image, box.Read(scene).Image);
    }

    [Fact]
    public void Simplified_scenes_have_2_6_and_9_only()
    {
        var set = Create(new() { Simplified = true });

        var classes = Enumerable.Range(0, 200).SelectMany(i => set.Read(i).Metadata!.Objects).Select(thing => thing.Attributes["class"]).Distinct().Order();

        Assert.Equal(["2", "6", "9"], classes);
        Assert.Equal(["2", "6", "9"], set.Classes);
    }

    [Fact]
    public void Parts_are_different_and_a_scene_is_always_the_same()
    {
        Assert.Equal(Create().Read(7).Image, Create().Read(7).Image);
        Assert.NotEqual(
            Enumerable.Range(0, 50).Select(i => Create().Read(i).Metadata!.Objects.Count),
            Enumerable.Range(0, 50).Select(i => Create(split: Split.Test).Read(i).Metadata!.Objects.Count));
    }
}
