using System.Globalization;
using Scenograph.Data;
using Scenograph.Data.Formats;
using Scenograph.Data.MultiObject;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Data.MultiObject;

public sealed class MultiObjectFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Schemas() => [.. MultiObjectSchema.All.Select(schema => schema.Name)];

    public void Dispose() => folder.Dispose();

    [Theory, MemberData(nameof(Schemas))]
    public void Three_records_of_every_schema_come_back_as_they_were_written(string name)
    {
        var schema = MultiObjectScenes.Schema(name);
        var path = Write("x.tfrecords", MultiObjectScenes.File(schema, 3));

        var set = MultiObjectFile.Open(path, Split.Test, schema: schema);

        Assert.Equal((3, schema.Channels, schema.Height, schema.Width, schema.Entities), (set.Count, set.Channels, set.Height, set.Width, set.MaskCount));
        foreach (var number in (int[])[2, 0, 1])
        {
            var (written, read) = (MultiObjectScenes.Make(schema, number), set.Read(number));
            Assert.Equal(written.Pixels, PixelValues.ToPixels(read.Image, schema.Channels));
            Assert.Equal(written.Labels, read.Labels);
            Assert.Equal(schema.Features.Count == 0 || schema.VisibleByMask ? LabelMap.Present(written.Labels, schema.Entities) : written.Visible, read.Visible);
            Assert.Equal(number, read.Index);
        }
    }

    [Theory]
    [InlineData("clevr_with_masks_train", "x y z pixel_coords rotation size material shape color", 3)]
    [InlineData("multi_dsprites_colored_on_colored", "x y shape color orientation scale", 3)]
    [InlineData("multi_dsprites_binarized", "x y shape color orientation scale", 1)]
    [InlineData("tetrominoes_train", "x y shape color", 3)]
    [InlineData("objects_room_train", "", 0)]
    public void Published_features_become_metadata_under_their_names(string name, string features, int triple)
    {
        var schema = MultiObjectScenes.Schema(name);
        var scene = MultiObjectFile.Open(Write("x.tfrecords", MultiObjectScenes.File(schema, 1)), Split.Test).Read(0);

        var first = scene.Metadata!.Objects[0].Attributes;
        Assert.Equal(features.Split(' ', StringSplitOptions.RemoveEmptyEntries), first.Keys);
        if (first.Count > 0)
        {
            Assert.Equal(2, scene.Metadata.Objects.Count);
            Assert.Equal((-0.75f).ToString(CultureInfo.InvariantCulture), first["x"]);
            Assert.Equal(triple, first[name == "clevr_with_masks_train" ? "pixel_coords" : "color"].Split(' ').Length);
        }
    }

    [Fact]
    public void The_first_record_tells_which_set_a_file_is() => Assert.All(MultiObjectSchema.All.Where(schema => !schema.Name.EndsWith("identical_color", StringComparison.Ordinal)), schema =>
        Assert.Equal(schema, MultiObjectSchema.Of(TrainExample.Parse(MultiObjectScenes.Record(schema, 0), "x"))));

    [Fact]
    public void Every_published_set_is_found_under_its_name()
    {
        foreach (var (spec, file, schema) in ((string, string, string)[])
        [
            ("clevr", "clevr_with_masks/clevr_with_masks_train.tfrecords", "clevr_with_masks_train"),
            ("clevr6", "clevr_with_masks/clevr_with_masks_train.tfrecords", "clevr_with_masks_train"),
            ("multi_dsprites:binarized", "multi_dsprites/multi_dsprites_binarized.tfrecords", "multi_dsprites_binarized"),
            ("multi_dsprites:colored_on_colored", "multi_dsprites_colored_on_colored.tfrecords", "multi_dsprites_colored_on_colored"),
            ("multi_dsprites:colored_on_grayscale", "multi_dsprites_colored_on_grayscale/renamed.tfrecords.gz", "multi_dsprites_colored_on_grayscale"),
            ("objects_room:train", "objects_room/objects_room_train.tfrecords", "objects_room_train"),
            ("objects_room:six_objects", "objects_room/objects_room_test_six_objects.tfrecords", "objects_room_test_six_objects"),
            ("tetrominoes", "tetrominoes/tetrominoes_train.tfrecords", "tetrominoes_train"),
            ("tfrecords:some/where.tfrecords", "some/where.tfrecords", "objects_room_test_empty_room"),
        ])
        {
            var found = MultiObjectScenes.Schema(schema);
            Write(file, MultiObjectScenes.File(found, 2));

            var set = Open(spec);

            Assert.Equal((2, found.Height, found.Entities), (set.Count, set.Height, set.MaskCount));
        }
    }

    [Fact]
    public void A_mask_flag_of_tetrominoes_is_not_relied_on()
    {
        var schema = MultiObjectScenes.Schema("tetrominoes_train");
        var scene = MultiObjectScenes.Make(schema, 0, objects: 2);
        Array.Fill(scene.Values, 1f);
        Write("tetrominoes/tetrominoes_train.tfrecords", MultiObjectScenes.Gzip(scene.ToExample(schema).ToArray()));

        Assert.Equal([true, true, true, false], Open("tetrominoes").Read(0).Visible!);
    }

    [Fact]
    public void Splits_go_by_the_number_of_the_record()
    {
        var schema = MultiObjectScenes.Schema("tetrominoes_train");
        Write("tetrominoes/tetrominoes_train.tfrecords", MultiObjectScenes.File(schema, 322));

        Assert.Equal([0, 319], (int[])[Open("tetrominoes").Read(0).Index, Open("tetrominoes").Read(319).Index]);
        Assert.Equal([320, 321], Indices("tetrominoes", Split.Validation));
        Assert.Contains("its 322 scenes are too few for a split train", Assert.Throws<InputException>(() => Open("tetrominoes", Split.Train)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("clevr6", null, null, false, new[] { 0, 1, 2, 3 })]
    [InlineData("clevr", null, 6, false, new[] { 0, 1, 2, 3 })]
    [InlineData("clevr", 7, null, false, new[] { 4, 5 })]
    [InlineData("clevr", 4, 5, false, new[] { 1, 2 })]
    [InlineData("clevr6", 5, null, false, new[] { 2, 3 })]
    [InlineData("clevr", null, 6, true, new[] { 2 })]
    public void Scenes_are_chosen_by_their_number_of_objects(string spec, int? least, int? most, bool asPublished, int[] expected)
    {
        // Scene i has 3 + i objects.
        var schema = MultiObjectScenes.Schema("clevr_with_masks_train");
        Write("clevr_with_masks/clevr_with_masks_train.tfrecords", MultiObjectScenes.Gzip(Enumerable.Range(0, 6).Select(i => MultiObjectScenes.Record(schema, i, objects: 3 + i))));

        Assert.Equal(expected, Indices(spec, Split.Test, new DataSetOptions { MinimumObjects = least, MaximumObjects = most, IodineObjectFilter = asPublished }));
    }

    [Theory]
    [InlineData("tetrominoes", 5, null, false, "none of its 1 scenes has 5 to")]
    [InlineData("tetrominoes", 5, 4, false, "5 to 4 objects were asked for")]
    [InlineData("tetrominoes", null, null, true, "needs data.options.maximum_objects")]
    [InlineData("sprites", null, 3, false, "e.g. sprites.maximum_objects")]
    public void A_choice_that_leaves_nothing_or_cannot_be_made_is_refused(string spec, int? least, int? most, bool asPublished, string because)
    {
        Write("tetrominoes/tetrominoes_train.tfrecords", MultiObjectScenes.File(MultiObjectScenes.Schema("tetrominoes_train"), 1));

        var refusal = Assert.Throws<InputException>(() => Indices(spec, Split.Test, new DataSetOptions { MinimumObjects = least, MaximumObjects = most, IodineObjectFilter = asPublished }));
        Assert.Contains(because, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_checksum_is_told()
    {
        var schema = MultiObjectScenes.Schema("tetrominoes_train");
        using var plain = new MemoryStream();
        TfRecord.Write(plain, MultiObjectScenes.Record(schema, 0));
        TfRecord.Write(plain, MultiObjectScenes.Record(schema, 1));
        var bytes = plain.ToArray();
        bytes[^100] ^= 1;

        Assert.EndsWith("the checksum of record 1 is wrong; the file is damaged", Refused(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_cut_off_is_told()
    {
        var file = MultiObjectScenes.File(MultiObjectScenes.Schema("tetrominoes_train"), 3);

        Assert.Matches("the file ends within|cannot be read", Refused(file[..^200]));
    }

    [Theory]
    [InlineData("mask", "record 0: image of 3,675 and mask of 0 values; no published multi-object data set has these.")]
    [InlineData("color", "record 0: the feature 'color' is missing; there are image, mask, x, y, shape, visibility.")]
    public void A_missing_feature_is_named(string missing, string because) =>
        Assert.EndsWith(because, Refused(MultiObjectScenes.Gzip(Tetrominoes(without: missing).ToArray())), StringComparison.Ordinal);

    [Fact]
    public void A_feature_of_a_wrong_length_is_named() => Assert.EndsWith(
        "record 0, feature 'x': 5 values, but 4 are expected.",
        Refused(MultiObjectScenes.Gzip(Tetrominoes(without: "x").AddFloats("x", new float[5]).ToArray())), StringComparison.Ordinal);

    [Fact]
    public void A_feature_of_a_wrong_kind_is_named() => Assert.EndsWith(
        "record 0, feature 'x': float numbers are expected, but whole numbers are there.",
        Refused(MultiObjectScenes.Gzip(Tetrominoes(without: "x").AddIntegers("x", new long[4]).ToArray())), StringComparison.Ordinal);

    [Fact]
    public void A_record_of_another_set_in_the_middle_is_named()
    {
        var (first, other) = (MultiObjectScenes.Schema("tetrominoes_train"), MultiObjectScenes.Schema("objects_room_train"));

        Assert.Contains("record 1, feature 'image': 12,288 values, but 3,675 are expected", Refused(MultiObjectScenes.Gzip(MultiObjectScenes.Record(first, 0), MultiObjectScenes.Record(other, 1))), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_example_or_no_record_file_is_told()
    {
        Assert.Contains("record 0: the record is no tf.train.Example", Refused(MultiObjectScenes.Gzip([0x0A, 0x7F, 1])), StringComparison.Ordinal);
        Assert.Contains("this is no TFRecord file, or it is damaged", Refused("a text that is long enough"u8.ToArray()), StringComparison.Ordinal);
        Assert.EndsWith("the file has no record.", Refused(MultiObjectScenes.Gzip()), StringComparison.Ordinal);
        Assert.Contains("there is no such file", Assert.Throws<InputException>(() => MultiObjectFile.Open(folder["none.tfrecords"], Split.Test)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Written_scenes_are_read_back_with_their_published_features()
    {
        var options = new DataSetOptions { Count = 5 };
        var sprites = DataSets.Open("sprites:colored_on_grayscale", Split.Test, new DataRoots([]), options);
        var path = folder["made.tfrecords"];

        MultiObjectWriter.Write(sprites, path, MultiObjectWriter.SchemaFor(sprites));
        var read = Open($"tfrecords:[{path}]");

        Assert.Equal((5, 6), (read.Count, read.MaskCount));
        for (var i = 0; i < 5; i++)
        {
            var (before, after) = (sprites.Read(i), read.Read(i));
            Assert.Equal(before.Image, after.Image);
            Assert.Equal(before.Labels, after.Labels);
            Assert.Equal(before.Metadata!.Objects.Count, after.Metadata!.Objects.Count);
            Assert.All(after.Metadata.Objects, one =>
            {
                Assert.InRange(Number(one, "scale"), 0.499, 1.001);
                Assert.InRange(Number(one, "x"), -0.001, 1.001);
                Assert.InRange(Number(one, "orientation"), 0, 6.284);
                Assert.Contains(one.Attributes["shape"], (string[])["1", "2", "3"]);
            });
        }
    }

    [Fact]
    public void Written_records_of_a_read_file_are_the_same_records()
    {
        var schema = MultiObjectScenes.Schema("clevr_with_masks_train");
        var path = Write("x.tfrecords", MultiObjectScenes.File(schema, 2));
        var copy = folder["copy.tfrecords"];

        MultiObjectWriter.Write(Open($"tfrecords:[{path}]"), copy, schema);

        // Padding and background have no metadata, so their numbers are 0 after a copy.
        foreach (var (before, after) in TfRecord.ReadFile(path).Zip(TfRecord.ReadFile(copy)))
        {
            var (one, two) = (TrainExample.Parse(before, "x"), TrainExample.Parse(after, "y"));
            Assert.Equal(one.Names, two.Names);
            Assert.Equal(one.Bytes("image", 230_400), two.Bytes("image", 230_400));
            Assert.Equal(one.Bytes("mask", 844_800), two.Bytes("mask", 844_800));
            Assert.Equal(one.Bytes("material", 11)[1..3], two.Bytes("material", 11)[1..3]);
            Assert.Equal(one.Floats("pixel_coords", 33)[3..9], two.Floats("pixel_coords", 33)[3..9]);
        }
    }

    [Fact]
    public void Scenes_that_fit_no_published_schema_are_refused() => Assert.Contains(
        "no published multi-object data set has images of 3 x 32 x 32", Assert.Throws<InputException>(() =>
            MultiObjectWriter.SchemaFor(DataSets.Open("sprites-(32,32)", Split.Test, new DataRoots([])))).Message, StringComparison.Ordinal);

    private static TrainExample.Builder Tetrominoes(string without)
    {
        var example = new TrainExample.Builder();
        _ = without == "image" ? example : example.AddBytes("image", new byte[3675]);
        _ = without == "mask" ? example : example.AddBytes("mask", new byte[4900]);
        foreach (var name in ((string[])["x", "y", "shape", "visibility"]).Where(name => name != without))
        {
            example.AddFloats(name, new float[4]);
        }

        return without == "color" ? example : example.AddFloats("color", new float[12]);
    }

    private string Write(string name, byte[] bytes) => folder.Write(name, bytes);

    private IDataSet Open(string spec, Split split = Split.Test, DataSetOptions? options = null) => DataSets.Open(spec, split, new DataRoots([folder.Path]), options);

    private IEnumerable<int> Indices(string spec, Split split, DataSetOptions? options = null)
    {
        var set = Open(spec, split, options);
        return [.. Enumerable.Range(0, set.Count).Select(i => set.Read(i).Index)];
    }

    private string Refused(byte[] file)
    {
        var message = Assert.Throws<InputException>(() => MultiObjectFile.Open(Write("bad.tfrecords", file), Split.Test)).Message;
        Assert.StartsWith(folder["bad.tfrecords"], message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        return message;
    }

    private static double Number(ObjectMetadata one, string name) => double.Parse(one.Attributes[name], CultureInfo.InvariantCulture);
}
