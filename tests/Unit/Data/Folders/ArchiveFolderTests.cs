using Scenograph.Data;
using Scenograph.Data.Formats;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Data.Folders;

public sealed class ArchiveFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Masks_become_labels_and_features_metadata()
    {
        Write("clevr_with_masks/0/0.npz");
        var scene = Open("clevr").Read(0);

        Assert.Equal([0, 1, 2, 0, 1, 2], scene.Labels![..6]);
        Assert.Equal([true, true, true, false], scene.Visible!);
        Assert.Equal(["1", "2"], scene.Metadata!.Objects.Select(one => one.Attributes["shape"]));
        Assert.Equal("3 4", scene.Metadata.Objects[0].Attributes["pixel_coords"]);
    }

    [Fact]
    public void Splits_go_by_the_numbers_of_the_manifest()
    {
        Write("clevr_with_masks/a.npz");
        Write("clevr_with_masks/b.npz");
        folder.Write("clevr_with_masks/manifest_ind.json", """{"15001": "b.npz", "3": "a.npz", "30000": "a.npz"}""");

        Assert.Equal([3], Indices("clevr", Split.Test));
        Assert.Equal([15001], Indices("clevr", Split.Validation));
        Assert.Equal([30000], Indices("clevr", Split.Train));
    }

    [Fact]
    public void Without_a_manifest_names_end_in_numbers()
    {
        Write("clevr_with_masks/0/0.npz");
        Write("clevr_with_masks/0/scene_12.npz");

        Assert.Equal([0, 12], Indices("clevr", Split.Test));
    }

    [Fact]
    public void Clevr6_has_the_scenes_of_at_most_six_objects_and_remembers_them()
    {
        for (var i = 0; i < 6; i++)
        {
            Write($"clevr_with_masks/0/{i}.npz", objects: 4 + i);
        }

        Assert.Equal([0, 1, 2], Indices("clevr6", Split.Test));
        Assert.Equal("[0,1,2]", File.ReadAllText(folder.File("clevr_with_masks/clevr6_test_index.json")));
        folder.Write("clevr_with_masks/clevr6_test_index.json", "[1]");
        Assert.Equal([1], Indices("clevr6", Split.Test));
        folder.Write("clevr_with_masks/clevr6_test_index.json", "[99]");
        Assert.Equal([0, 1, 2], Indices("clevr6", Split.Test));
    }

    [Fact]
    public void Published_tetrominoes_are_taken_where_they_are()
    {
        for (var i = 0; i < 3; i++)
        {
            Write($"tetrominoes/{i}.npz");
        }

        Assert.Equal((3, 6), (Open("tetrominoes").Count, Open("tetrominoes").Height));
    }

    [Fact]
    public void Masks_with_entities_third_are_read_the_same()
    {
        Write("multi_dsprites_binarized/0.npz", entitiesThird: true);

        Assert.Equal([0, 1, 2, 0, 1, 2], Open("multi_dsprites:binarized").Read(0).Labels![..6]);
    }

    [Theory]
    [InlineData("{}", "no")]
    [InlineData("[1]", "not an object of scene numbers")]
    [InlineData("{\"x\": \"a.npz\"}", "'x' is not the number of a scene")]
    [InlineData("{\"1\": null}", "'1' is not the number of a scene")]
    [InlineData("{\"1\": \"gone.npz\"}", "gone.npz")]
    public void A_broken_manifest_says_what_is_wrong(string manifest, string expected)
    {
        folder.Write("clevr_with_masks/manifest_ind.json", manifest);

        Assert.Contains(expected, Assert.Throws<InputException>(() => Open("clevr")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arrays_that_make_no_scene_are_refused_by_name()
    {
        Save("clevr_with_masks/0.npz", ("image", NumpyArray.From<byte>(new byte[24], 2, 4, 3)), ("mask", NumpyArray.From<byte>(new byte[9], 1, 3, 3, 1)));
        Assert.Contains("array 'mask': shape (1, 3, 3, 1) does not belong to an image of 2 x 4", Refused(), StringComparison.Ordinal);

        Save("clevr_with_masks/0.npz", ("image", NumpyArray.From<byte>(new byte[8], 2, 4)), ("mask", NumpyArray.From<byte>(new byte[8], 1, 2, 4, 1)));
        Assert.Contains("array 'image': shape (2, 4)", Refused(), StringComparison.Ordinal);

        Save("clevr_with_masks/0.npz", ("image", NumpyArray.From<byte>(new byte[24], 2, 4, 3)));
        Assert.Contains("there is no array 'mask'", Refused(), StringComparison.Ordinal);

        Save("clevr_with_masks/0.npz", ("image", NumpyArray.From<float>(new float[24], 2, 4, 3)));
        Assert.Contains("unsigned bytes are needed", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Digits_in_one_archive_are_split_by_number()
    {
        Save("multi_mnist.npz", ("imgs", NumpyArray.From<byte>(new byte[10_002 * 4], 10_002, 2, 2)));

        Assert.Equal([5000, 5000, 2], new[] { Split.Test, Split.Validation, Split.Train }.Select(split => Open("mnist", split).Count));
    }

    internal static (string Name, NumpyArray Array)[] Scene(int objects, bool entitiesThird = false)
    {
        // Entity (column mod 3) has each pixel; entity 3 and later are empty.
        var entities = Math.Max(4, objects + 1);
        var mask = new byte[entities * 6 * 9];
        for (var pixel = 0; pixel < 54; pixel++)
        {
            mask[entitiesThird ? (pixel * entities) + (pixel % 3) : (pixel % 3 * 54) + pixel] = 255;
        }

        return
        [
            ("image", NumpyArray.From<byte>(new byte[54 * 3], 6, 9, 3)),
            ("mask", entitiesThird ? NumpyArray.From<byte>(mask, 6, 9, entities, 1) : NumpyArray.From<byte>(mask, entities, 6, 9, 1)),
            ("visibility", NumpyArray.From<float>([.. Enumerable.Range(0, entities).Select(i => i <= objects ? 1f : 0)], entities)),
            ("shape", NumpyArray.From<byte>([.. Enumerable.Range(0, entities).Select(i => (byte)i)], entities)),
            ("pixel_coords", NumpyArray.From<float>([.. Enumerable.Range(0, 2 * entities).Select(i => i + 1f)], entities, 2)),
        ];
    }

    // All scenes of a set have as many masks as the fullest.
    private void Write(string name, int objects = 2, bool entitiesThird = false) => Save(name, objects == 2 ? Scene(objects, entitiesThird) : Pad(objects));

    private static (string Name, NumpyArray Array)[] Pad(int objects)
    {
        var scene = Scene(10);
        scene[2] = ("visibility", NumpyArray.From<float>([.. Enumerable.Range(0, 11).Select(i => i <= objects ? 1f : 0)], 11));
        return scene;
    }

    private void Save(string name, params (string Name, NumpyArray Array)[] arrays) =>
        NumpyArchive.Save(folder.Write(name, []), arrays.Select(one => KeyValuePair.Create(one.Name, one.Array)));

    private IDataSet Open(string spec, Split split = Split.Test) => DataSets.Open(spec, split, new DataRoots([folder.Path]));

    private IEnumerable<int> Indices(string spec, Split split)
    {
        var set = Open(spec, split);
        return Enumerable.Range(0, set.Count).Select(i => set.Read(i).Index);
    }

    private string Refused() => Assert.Throws<InputException>(() => Open("clevr").Read(0)).Message;
}
