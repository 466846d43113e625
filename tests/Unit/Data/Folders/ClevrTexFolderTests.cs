using Scenograph.Data;
using Scenograph.Torch;
using Scenograph.Torch.Images;

namespace Scenograph.Tests.Unit.Data.Folders;

public sealed class ClevrTexFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ClevrTexFolderTests()
    {
        for (var i = 0; i < 20; i++)
        {
            WriteScene("full", i, $"clevrtex_full/{i / 10}");
        }
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Splits_are_tenths_by_number()
    {
        Assert.Equal([0, 1], Indices(Split.Test));
        Assert.Equal([2, 3], Indices(Split.Validation));
        Assert.Equal(Enumerable.Range(4, 16), Indices(Split.Train));
    }

    [Fact]
    public void Outd_is_used_whole_whatever_the_split()
    {
        for (var i = 0; i < 4; i++)
        {
            WriteScene("outd", i, "clevrtex_outd");
        }

        Assert.Equal([0, 1, 2, 3], Indices(Split.Test, "outd"));
    }

    [Fact]
    public void Metadata_keeps_what_the_benchmark_keeps()
    {
        var metadata = Open(Split.Train).Read(0).Metadata!;

        Assert.Equal("whitemarble", metadata.GroundMaterial);
        Assert.Equal(["material", "rotation", "shape", "size"], metadata.Objects[0].Attributes.Keys.Order());
    }

    [Fact]
    public void Other_passes_beside_the_pictures_are_passed_over()
    {
        folder.Write("clevrtex_full/0/CLEVRTEX_full_000001_depth.png", [1]);
        folder.Write("clevrtex_full/0/CLEVRTEX_full_0000012.png", [1]);

        Assert.Equal(16, Open(Split.Train).Count);
    }

    [Fact]
    public void A_hole_in_the_numbers_is_named()
    {
        File.Delete(folder.File("clevrtex_full/0/CLEVRTEX_full_000007.png"));

        Assert.Contains("CLEVRTEX_full_000007.png is missing", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_scene_that_is_there_twice_is_named()
    {
        WriteScene("full", 7, "clevrtex_full/copy");

        Assert.Contains("scene 7 is there twice", Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("_flat.png")]
    [InlineData(".json")]
    public void A_missing_mask_or_metadata_file_is_named(string ending)
    {
        File.Delete(folder.File("clevrtex_full/0/CLEVRTEX_full_000007" + ending));

        Assert.Contains($"CLEVRTEX_full_000007{ending} is missing beside it", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_pictures_is_refused()
    {
        Directory.CreateDirectory(folder.File("clevrtex_camo"));

        Assert.Contains("there is no CLEVRTEX_camo_NNNNNN.png", Assert.Throws<InputException>(() => Open(Split.Train, "camo")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sample_of_real_renders_is_read()
    {
        if (SharedData.Find("clevrtex-mini") is { } path)
        {
            var set = DataSets.Open("clevrtex:full-crop-(128,128)", Split.Train, new DataRoots([path]));
            var scene = set.Read(0);

            Assert.Equal((48, 11), (set.Count, scene.Index));
            Assert.Equal((3 * 128 * 128, 128 * 128), (scene.Image.Length, scene.Labels!.Length));
            Assert.Equal(scene.Visible!, LabelMap.Present(scene.Labels, 11));
            Assert.NotNull(scene.Metadata!.GroundMaterial);
        }
    }

    private void WriteScene(string variant, int number, string place)
    {
        var stem = $"{place}/CLEVRTEX_{variant}_{number:000000}";
        ImageFile.WritePng(folder.Write(stem + ".png", []), new Image(10, 8, 4, [.. Enumerable.Range(0, 320).Select(i => (byte)(i % 4 == 3 ? 255 : i))]));
        ImageFile.WritePng(folder.Write(stem + "_flat.png", []), new Image(10, 8, 1, [.. Enumerable.Range(0, 80).Select(i => (byte)(i % 3))]), [0, 0, 0, 255, 0, 0, 0, 255, 0]);
        folder.Write(stem + ".json", $$"""
            {"image_filename": "CLEVRTEX_{{variant}}_{{number:000000}}.png", "image_index": {{number}}, "ground_material": "whitemarble",
             "objects": [{"shape": "cube", "size": "large", "material": "gravel", "rotation": 12.5, "color": "red", "index": 1, "3d_coords": [0, 1, 2]}]}
            """);
    }

    private IDataSet Open(Split split, string variant = "full") => DataSets.Open($"clevrtex:{variant}", split, new DataRoots([folder.Path]));

    private IEnumerable<int> Indices(Split split, string variant = "full")
    {
        var set = Open(split, variant);
        return Enumerable.Range(0, set.Count).Select(i => set.Read(i).Index);
    }

    private string Refused() => Assert.Throws<InputException>(() => Open(Split.Train)).Message;
}
