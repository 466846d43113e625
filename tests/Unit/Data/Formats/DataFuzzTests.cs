using System.Text;
using Scenograph.Data.Formats;
using Scenograph.Tests.Unit.Data.Folders;
using Scenograph.Tests.Unit.Fuzz;

namespace Scenograph.Tests.Unit.Data.Formats;

public sealed class DataFuzzTests
{
    [Fact]
    public void Damaged_idx_files_are_read_or_refused()
    {
        var pixels = Enumerable.Range(0, 5 * 28 * 28).Select(i => (byte)(i * i >> 3)).ToArray();
        var plain = DigitFiles.Idx(pixels, 5, 28, 28);

        Mutations.Check([plain, DigitFiles.Zip(plain), DigitFiles.Idx([], 0, 28, 28)], file => Idx.Read(new MemoryStream(file), "fuzz.idx", axes: 3));
    }

    [Fact]
    public void Damaged_scene_files_are_read_or_refused()
    {
        byte[][] seeds =
        [
            Encoding.UTF8.GetBytes("""
                {"info": {"split": "val", "channels": 3, "mask_count": 11}, "scenes": [{"split": "val", "image_index": 0, "image_filename": "a.png", "visible": [true, false],
                "objects": [{"color": "green", "rotation": 219.19, "3d_coords": [0.2, -0.9, 0.7], "nested": [[1], {"x": []}]}], "relationships": {"left": [[], [0]]}}]}
                """),
            Encoding.UTF8.GetBytes("""{"scenes": [{"image_filename": "\u00e4\n.png", "ground_material": "w", "objects": []}, {"image_filename": "b"}]}"""),
        ];

        Mutations.Check(seeds, file => SceneFile.Parse(file, "fuzz.json"));
    }

    [Fact]
    public void Damaged_single_scene_files_are_read_or_refused() => Mutations.Check(
        [Encoding.UTF8.GetBytes("""{"image_filename": "a.png", "ground_material": "wood", "objects": [{"material": "x", "rotation": 1e3, "3d_coords": [1, 2]}]}""")],
        file => SceneFile.ParseScene(file, "fuzz.json"));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Damaged_scene_archives_are_read_or_refused(bool entitiesThird)
    {
        byte[][] seeds = [Bytes(compress: true), Bytes(compress: false)];

        Mutations.Check(seeds, file =>
        {
            using var archive = NumpyArchive.Open(new MemoryStream(file), "fuzz.npz");
            SceneArchive.Read(archive, "fuzz.npz", 0);
        });

        byte[] Bytes(bool compress)
        {
            using var folder = new TemporaryFolder();
            var path = folder.File("a.npz");
            NumpyArchive.Save(path, ArchiveFolderTests.Scene(2, entitiesThird).Select(one => KeyValuePair.Create(one.Name, one.Array)), compress);
            return File.ReadAllBytes(path);
        }
    }
}
