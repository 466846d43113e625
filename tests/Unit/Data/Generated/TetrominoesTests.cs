using Scenograph.Data;
using Scenograph.Data.Generated;

namespace Scenograph.Tests.Unit.Data.Generated;

public sealed class TetrominoesTests
{
    private static readonly Sample[] Scenes = [.. Enumerable.Range(0, 500).Select(new Tetrominoes(new TetrominoOptions(), Split.Train, 500).Read)];

    [Fact]
    public void There_are_nineteen_pieces_all_different() =>
        Assert.Equal(19, TetrominoPieces.All.Select(piece => string.Join(' ', piece.Cells)).Distinct().Count());

    [Fact]
    public void Three_pieces_of_a_hundred_pixels_never_overlap() =>
        Assert.All(Scenes, scene => Assert.Equal([100, 100, 100], Enumerable.Range(1, 3).Select(label => scene.Labels!.Count(one => one == label))));

    [Fact]
    public void Pieces_shine_exactly_where_their_masks_are() =>
        Assert.All(Scenes, scene => Assert.All(scene.Labels!.Index(), one =>
            Assert.Equal(one.Item > 0, scene.Image[one.Index] + scene.Image[1225 + one.Index] + scene.Image[2450 + one.Index] > 0)));

    [Fact]
    public void All_pieces_and_six_colours_occur()
    {
        var objects = Scenes.SelectMany(scene => scene.Metadata!.Objects).ToArray();

        Assert.Equal(7, objects.Select(one => one.Attributes["shape"]).Distinct().Count());
        Assert.Equal(6, objects.Select(one => one.Attributes["color"]).Distinct().Count());
    }

    [Fact]
    public void Straight_pieces_can_be_left_out()
    {
        var set = new Tetrominoes(new TetrominoOptions { Straight = false }, Split.Train, 300);

        Assert.DoesNotContain("I", Enumerable.Range(0, set.Count).SelectMany(i => set.Read(i).Metadata!.Objects).Select(one => one.Attributes["shape"]));
    }

    [Fact]
    public void The_same_seed_split_and_index_draw_the_same_scene() =>
        Assert.Equal(Scenes[11].Image, new Tetrominoes(new TetrominoOptions(), Split.Train, 12).Read(11).Image);
}
