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

    [Fact]
    public void Orientations_and_colours_are_equally_likely_and_places_any_pixel()
    {
        var objects = Scenes.SelectMany(scene => scene.Metadata!.Objects).ToArray();

        // Orientations by piece: I 2, O 1, T 4, S 2, Z 2, J 4, L 4. Those that need more room find it less often.
        Assert.All(objects.CountBy(one => one.Attributes["shape"]), piece =>
            Assert.InRange(piece.Value / 1500.0, 0.6 * Share(piece.Key), 1.4 * Share(piece.Key)));
        Assert.All(objects.CountBy(one => one.Attributes["color"]), color => Assert.InRange(color.Value, 200, 300));
        Assert.Equal(5, objects.Select(one => int.Parse(one.Attributes["x"], System.Globalization.CultureInfo.InvariantCulture) % 5).Distinct().Count());

        static double Share(string piece) => piece switch { "O" => 1, "T" or "J" or "L" => 4, _ => 2 } / 19.0;
    }

    [Fact]
    public void Cells_are_lit_from_above_as_in_the_published_pictures() => Assert.All(Scenes.Take(50), scene =>
        Assert.Subset(new HashSet<byte> { 0, 64, 95, 127, 159, 191, 223, 255 }, scene.Image.Select(PixelValues.ToByte).ToHashSet()));

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Another_number_of_pieces_can_be_asked_for(int pieces)
    {
        var set = new Tetrominoes(new TetrominoOptions { Pieces = pieces }, Split.Test, 100);

        Assert.Equal(pieces + 1, set.MaskCount);
        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal(pieces * 100, set.Read(i).Labels!.Count(label => label > 0)));
    }

    [Fact]
    public void More_pieces_than_find_room_are_refused() => Assert.Equal(
        "tetrominoes: Pieces is 6, but must be 1 to 5.",
        Assert.Throws<Scenograph.Torch.InputException>(() => new Tetrominoes(new TetrominoOptions { Pieces = 6 }, Split.Test, 1)).Message);
}
