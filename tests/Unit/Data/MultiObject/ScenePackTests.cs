using System.Buffers.Binary;
using Scenograph.Data;
using Scenograph.Data.Formats;
using Scenograph.Data.MultiObject;
using Scenograph.Tests.Unit.Fuzz;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Data.MultiObject;

/// <summary>What is kept of a large file, made here of a small one.</summary>
public sealed class ScenePackTests : IDisposable
{
    private static readonly MultiObjectSchema Schema = MultiObjectScenes.Schema("tetrominoes_train");

    private readonly TemporaryFolder folder = new();
    private readonly List<string> notices = [];
    private readonly string path;

    public ScenePackTests() => path = folder.Write("t.tfrecords", MultiObjectScenes.File(Schema, 40));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Scenes_come_back_equal_in_any_order_and_from_any_thread()
    {
        using var pack = Open();

        Parallel.For(0, 40, i =>
        {
            var (made, read) = (MultiObjectScenes.Make(Schema, 39 - i), pack.Read(39 - i));
            Assert.Equal(made.Pixels, read.Pixels);
            Assert.Equal(made.Labels, read.Labels);
            Assert.Equal(made.Values, read.Values);
            Assert.Equal(read.Visible, pack.VisibleAt(39 - i));
        });
    }

    [Fact]
    public void A_file_is_unpacked_once_and_said_to_be()
    {
        Open().Dispose();
        Open().Dispose();

        Assert.Contains("unpacking into", Assert.Single(notices), StringComparison.Ordinal);
        Assert.Equal(["t.tfrecords", "t.tfrecords.scenes"], Directory.GetFiles(folder.Path).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_more_of_a_file_is_unpacked_than_is_asked_for()
    {
        using (var some = Open(needed: 5))
        {
            Assert.Equal((5, false), (some.Count, some.About.Complete));
        }

        Open(needed: 3).Dispose();
        Assert.Single(notices);
        using var all = Open();
        Assert.Equal((40, true, 2), (all.Count, all.About.Complete, notices.Count));
    }

    [Fact]
    public void A_changed_file_is_unpacked_anew()
    {
        Open().Dispose();
        folder.Write("t.tfrecords", MultiObjectScenes.File(Schema, 3));

        using var pack = Open();

        Assert.Equal(3, pack.Count);
    }

    [Fact]
    public void A_damaged_file_leaves_nothing_half_written()
    {
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^50]);

        Assert.Throws<InputException>(Open);

        Assert.Equal(["t.tfrecords"], Directory.GetFiles(folder.Path).Select(file => Path.GetFileName(file)));
    }

    [Fact]
    public void A_pack_without_a_sound_end_is_made_anew()
    {
        Open().Dispose();
        var pack = path + ".scenes";
        var whole = File.ReadAllBytes(pack);
        foreach (var broken in (byte[][])[[], whole[..100], whole[..^1], [.. whole[..^40], 1, .. whole[^39..]]])
        {
            File.WriteAllBytes(pack, broken);
            Open().Dispose();
            Assert.Equal(whole, File.ReadAllBytes(pack));
        }
    }

    [Fact]
    public void A_damaged_scene_is_noticed_when_it_is_read()
    {
        Open().Dispose();
        var bytes = File.ReadAllBytes(path + ".scenes");
        bytes[20] ^= 1;
        File.WriteAllBytes(path + ".scenes", bytes);
        using var pack = Open();

        Assert.Contains("scene 0 is damaged; remove the file, and it is made anew", Assert.Throws<InputException>(() => pack.Read(0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_that_open_a_file_at_once_share_one_pack()
    {
        var counts = new int[4];
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            using var pack = MultiObjectFile.OpenPack(path, Schema, int.MaxValue, _ => Interlocked.Increment(ref counts[0]), largestInMemory: 0);
            Assert.Equal(40, pack.Count);
        });

        Assert.Equal(1, counts[0]);
    }

    [Fact]
    public void Small_files_are_kept_in_memory()
    {
        Assert.Equal(40, MultiObjectFile.Open(path, Split.Test).Count);
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Ten_thousand_damaged_packs_are_read_or_made_anew()
    {
        folder.Write("t.tfrecords", MultiObjectScenes.File(Schema, 3));
        Open().Dispose();
        var fuzz = folder["fuzz.scenes"];

        Mutations.Check([File.ReadAllBytes(path + ".scenes")], file =>
        {
            File.WriteAllBytes(fuzz, file);
            using var pack = ScenePack.TryOpen(fuzz);
            for (var i = 0; i < pack?.Count; i++)
            {
                pack.VisibleAt(i);
                pack.Read(i);
            }
        }, Repair, count: 10_000);

        // Puts the checksum of index and description right, so that what they say is acted on.
        static byte[] Repair(byte[] file)
        {
            if (file.Length < 28 || BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(file.Length - 28)) is var at && (at < 0 || at > file.Length - 28))
            {
                return file;
            }

            var repaired = (byte[])file.Clone();
            BinaryPrimitives.WriteUInt32LittleEndian(repaired.AsSpan(file.Length - 12), Crc32C.Compute(repaired.AsSpan((int)at, file.Length - 28 - (int)at)));
            return repaired;
        }
    }

    private ScenePack Open() => Open(int.MaxValue);

    private ScenePack Open(int needed) => MultiObjectFile.OpenPack(path, Schema, needed, notices.Add, largestInMemory: 0);
}
