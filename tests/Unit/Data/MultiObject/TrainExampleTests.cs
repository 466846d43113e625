using System.Text;
using Scenograph.Data.Formats;
using Scenograph.Data.MultiObject;
using Scenograph.Tests.Unit.Fuzz;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Data.MultiObject;

public sealed class TrainExampleTests
{
    [Fact]
    public void A_record_has_the_bytes_that_protobuf_writes()
    {
        // Example { features { feature { key: "a" value { bytes_list { value: "\001" value: "\002" } } } } }
        byte[] expected = [0x0A, 15, 0x0A, 13, 0x0A, 1, (byte)'a', 0x12, 8, 0x0A, 6, 0x0A, 1, 1, 0x0A, 1, 2];

        Assert.Equal(expected, new TrainExample.Builder().AddBytes("a", [1, 2]).ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Packed_and_unpacked_numbers_read_the_same(bool packed)
    {
        var example = Parse(new TrainExample.Builder().AddFloats("f", [1.5f, -2, float.MaxValue], packed).AddIntegers("i", [0, -1, 300, long.MinValue], packed));

        Assert.Equal([1.5f, -2, float.MaxValue], example.Floats("f", 3));
        Assert.Equal([0, -1, 300, long.MinValue], example.Integers("i", 4));
        Assert.Equal((3, 4, 0), (example.Count("f"), example.Count("i"), example.Count("none")));
    }

    [Fact]
    public void Bytes_are_read_from_strings_of_one_byte_and_from_one_string_of_all()
    {
        var example = Parse(new TrainExample.Builder().AddBytes("many", [1, 2, 3]).AddString("one", [1, 2, 3]).AddBytes("none", []));

        Assert.Equal([1, 2, 3], example.Bytes("many", 3));
        Assert.Equal([1, 2, 3], example.Bytes("one", 3));
        Assert.Equal([], example.Bytes("none", 0));
        Assert.Equal((3, 3, 0), (example.Count("many"), example.Count("one"), example.Count("none")));
    }

    [Theory]
    [InlineData(2, "feature 'many': 3 values, but 2 are expected")]
    [InlineData(4, "feature 'many': 3 values, but 4 are expected")]
    public void Bytes_of_another_number_are_refused(int count, string because) =>
        Assert.Contains(because, Assert.Throws<InputException>(() => Parse(new TrainExample.Builder().AddBytes("many", [1, 2, 3])).Bytes("many", count)).Message, StringComparison.Ordinal);

    [Fact]
    public void Strings_of_several_bytes_are_refused_where_one_byte_is_expected() => Assert.Contains(
        "its string 0 has 5 bytes, but every string is one byte",
        Assert.Throws<InputException>(() => Parse(new TrainExample.Builder().AddString("s", Encoding.ASCII.GetBytes("hello"))).Bytes("s", 3)).Message, StringComparison.Ordinal);

    [Fact]
    public void Fields_and_features_that_are_not_known_are_passed_over()
    {
        byte[] unknown = [0x10, 7, 0x1A, 2, 9, 9];
        var example = TrainExample.Parse([.. unknown, .. new TrainExample.Builder().AddFloats("f", [1]).AddString("other", [1, 2]).ToArray(), .. unknown], "x");

        Assert.Equal([1], example.Floats("f", 1));
    }

    [Fact]
    public void Ten_thousand_damaged_records_are_read_or_refused()
    {
        byte[][] seeds =
        [
            new TrainExample.Builder().AddBytes("image", new byte[40]).AddBytes("mask", new byte[9]).AddFloats("x", [1, 2, 3, 4]).AddFloats("y", [1, 2], packed: false)
                .AddIntegers("i", [1, -5], packed: false).AddIntegers("j", [7, 1 << 20]).AddString("s", [1, 2, 3]).ToArray(),
            new TrainExample.Builder().ToArray(),
        ];

        Mutations.Check(seeds, file =>
        {
            var example = TrainExample.Parse(file, "fuzz");
            foreach (var name in example.Names)
            {
                var count = example.Count(name);
                foreach (var read in (Action[])[() => example.Bytes(name, count), () => example.Floats(name, count), () => example.Integers(name, count)])
                {
                    try
                    {
                        read();
                    }
                    catch (InputException refusal)
                    {
                        Assert.DoesNotContain('\n', refusal.Message);
                    }
                }
            }
        }, count: 10_000);
    }

    [Fact]
    public void Ten_thousand_damaged_scene_records_are_read_or_refused()
    {
        var schema = MultiObjectScenes.Schema("tetrominoes_train");

        Mutations.Check([MultiObjectScenes.Record(schema, 0), MultiObjectScenes.Record(schema, 1)], file =>
            _ = MultiObjectScene.From(TrainExample.Parse(file, "fuzz"), schema).ToSample(schema, 0), count: 10_000);
    }

    [Fact]
    public void Ten_thousand_damaged_files_are_read_or_refused()
    {
        var schema = MultiObjectScenes.Schema("tetrominoes_train");
        using var folder = new TemporaryFolder();
        var path = folder["fuzz.tfrecords"];

        Mutations.Check([MultiObjectScenes.File(schema, 1), MultiObjectScenes.File(schema, 2)], file =>
        {
            File.WriteAllBytes(path, file);
            using var pack = MultiObjectFile.OpenPack(path, schema, int.MaxValue, null);
            for (var i = 0; i < pack.Count; i++)
            {
                pack.Read(i);
            }
        }, count: 10_000);
    }

    private static TrainExample Parse(TrainExample.Builder builder) => TrainExample.Parse(builder.ToArray(), "x.tfrecords, record 0");
}
