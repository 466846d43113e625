using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Scenograph.Data.Formats;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Formats;

public sealed class NumpyTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scenograph-numpy-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_archive_gives_back_what_was_saved(bool compress)
    {
        var path = Path.Combine(folder, "a.npz");
        NumpyArchive.Save(path, new Dictionary<string, NumpyArray>
        {
            ["image"] = NumpyArray.From<float>([1.5f, -2, float.NaN, 4, 5, 6], 2, 3),
            ["count"] = NumpyArray.From<long>([-7]),
            ["none"] = NumpyArray.From<double>([], 0, 5),
        }, compress);

        var arrays = NumpyArchive.ReadAll(path);

        Assert.Equal(["image", "count", "none"], arrays.Keys);
        Assert.Equal([2, 3], arrays["image"].Shape);
        Assert.Equal([1.5f, -2, float.NaN, 4, 5, 6], arrays["image"].As<float>().ToArray());
        Assert.Empty(arrays["count"].Shape);
        Assert.Equal([-7], arrays["count"].ToInt64s());
        Assert.Equal([0, 5], arrays["none"].Shape);
        Assert.Equal(["a.npz"], Directory.GetFiles(folder).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("|b1", new byte[] { 1, 0 }, new[] { 1.0, 0.0 })]
    [InlineData("|i1", new byte[] { 0xFF, 3 }, new[] { -1.0, 3.0 })]
    [InlineData("|u1", new byte[] { 0xFF, 3 }, new[] { 255.0, 3.0 })]
    [InlineData("<i2", new byte[] { 0xFE, 0xFF }, new[] { -2.0 })]
    [InlineData(">i2", new byte[] { 0xFF, 0xFE }, new[] { -2.0 })]
    [InlineData("<u2", new byte[] { 0xFE, 0xFF }, new[] { 65534.0 })]
    [InlineData(">i4", new byte[] { 0, 0, 1, 0 }, new[] { 256.0 })]
    [InlineData("<u4", new byte[] { 0, 0, 0, 0x80 }, new[] { 2147483648.0 })]
    [InlineData(">i8", new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xF0 }, new[] { -16.0 })]
    [InlineData("<u8", new byte[] { 0, 0, 0, 0, 0, 0, 0, 0x80 }, new[] { 9223372036854775808.0 })]
    [InlineData("<f2", new byte[] { 0, 0x3E }, new[] { 1.5 })]
    [InlineData(">f4", new byte[] { 0x3F, 0xC0, 0, 0 }, new[] { 1.5 })]
    [InlineData(">f8", new byte[] { 0x3F, 0xF8, 0, 0, 0, 0, 0, 0 }, new[] { 1.5 })]
    public void Every_number_type_and_byte_order_is_read(string descriptor, byte[] data, double[] expected)
    {
        var path = Written($"{{'descr': '{descriptor}', 'fortran_order': False, 'shape': ({expected.Length},), }}", data);

        Assert.Equal(expected, NumpyArray.Load(path).ToDoubles());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Column_major_arrays_become_row_major_in_every_version(byte version)
    {
        // [[0, 1, 2], [3, 4, 5]] stored column by column.
        var path = Written("{\"descr\": \"|u1\", \"fortran_order\": True, \"shape\": (2L, 3)}", [0, 3, 1, 4, 2, 5], version);

        Assert.Equal([0, 1, 2, 3, 4, 5], NumpyArray.Load(path).As<byte>().ToArray());
    }

    [Fact]
    public void Column_major_arrays_of_three_axes_become_row_major()
    {
        var rowMajor = Enumerable.Range(0, 24).ToArray();
        var columnMajor = new byte[24 * 4];
        foreach (var value in rowMajor)
        {
            var (i, j, k) = (value / 12, value / 4 % 3, value % 4);
            BinaryPrimitives.WriteInt32LittleEndian(columnMajor.AsSpan(4 * (i + 2 * (j + 3 * k))), value);
        }

        var path = Written("{'descr': '<i4', 'fortran_order': True, 'shape': (2, 3, 4), }", columnMajor);

        Assert.Equal(rowMajor, NumpyArray.Load(path).As<int>().ToArray());
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", "needs 12 bytes")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", "8 are there")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999, 99999999999), }", "larger than 2 GB")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (65536, 65536, 65536, 65536), }", "larger than 2 GB")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 99999999999), }", "larger than 2 GB")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", "negative")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "never executed")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "not a dictionary")]
    [InlineData("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", "is not read")]
    [InlineData("{'descr': '', 'fortran_order': False, 'shape': (1,), }", "is not read")]
    [InlineData("{'descr': '<f4', 'shape': (2,), }", "fortran_order")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, }", "shape")]
    [InlineData("{'descr': '<f4', 'fortran_order': __import__('os'), 'shape': (2,), }", "not a dictionary")]
    public void A_header_that_lies_is_refused_with_the_reason(string header, string reason)
    {
        var path = Written(header, new byte[8]);

        var refusal = Assert.Throws<InputException>(() => NumpyArray.Load(path));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_and_a_missing_array_are_named()
    {
        var path = Path.Combine(folder, "a.npz");
        Assert.Contains("no such file", Assert.Throws<InputException>(() => NumpyArchive.Open(path)).Message, StringComparison.Ordinal);
        NumpyArchive.Save(path, new Dictionary<string, NumpyArray> { ["image"] = NumpyArray.From<float>([1]) });
        using var archive = NumpyArchive.Open(path);

        var refusal = Assert.Throws<InputException>(() => archive.Read("mask"));

        Assert.Contains("'mask'; the archive holds image", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_zip_bomb_is_refused_before_it_is_inflated()
    {
        var path = Path.Combine(folder, "bomb.npz");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            using var content = zip.CreateEntry("zeros.npy").Open();
            content.Write(NumpyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (100000000,), }", []));
            var zeros = new byte[1_000_000];
            for (var i = 0; i < 100; i++)
            {
                content.Write(zeros);
            }
        }

        using var archive = NumpyArchive.Open(path);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var refusal = Assert.Throws<InputException>(() => archive.Read("zeros"));

        Assert.Contains("credible", refusal.Message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000);
        using var trusted = NumpyArchive.Open(path, expansion: 1032);
        Assert.Equal(100_000_000, trusted.Read("zeros").Count);
    }

    [Fact]
    public void A_flipped_bit_in_an_array_is_noticed()
    {
        var path = Path.Combine(folder, "a.npz");
        NumpyArchive.Save(path, new Dictionary<string, NumpyArray> { ["a"] = NumpyArray.From<double>([1, 2, 3, 4], 4) }, compress: false);
        var bytes = File.ReadAllBytes(path);
        var data = bytes.AsSpan().IndexOf(BitConverter.GetBytes(3.0));
        bytes[data] ^= 1;
        File.WriteAllBytes(path, bytes);
        using var archive = NumpyArchive.Open(path);

        Assert.Contains("checksum", Assert.Throws<InputException>(() => archive.Read("a")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        var path = Path.Combine(folder, "a.npz");
        File.WriteAllText(path, "old");

        Assert.Throws<InvalidOperationException>(() => NumpyArchive.Save(path, Broken()));

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder));

        static IEnumerable<KeyValuePair<string, NumpyArray>> Broken()
        {
            yield return new("a", NumpyArray.From<float>([1]));
            throw new InvalidOperationException();
        }
    }

    [Fact]
    public void Checksums_equal_the_published_check_value() =>
        Assert.Equal(0xCBF43926u, Crc32.Compute("123456789"u8));

    private static byte[] NumpyBytes(string header, ReadOnlySpan<byte> data, byte version = 1)
    {
        using var stream = new MemoryStream();
        stream.Write([0x93, .. "NUMPY"u8, version, 0]);
        var text = Encoding.UTF8.GetBytes(header + "\n");
        stream.Write(version == 1 ? BitConverter.GetBytes((ushort)text.Length) : BitConverter.GetBytes(text.Length));
        stream.Write(text);
        stream.Write(data);
        return stream.ToArray();
    }

    private string Written(string header, byte[] data, byte version = 1)
    {
        var path = Path.Combine(folder, "a.npy");
        File.WriteAllBytes(path, NumpyBytes(header, data, version));
        return path;
    }
}
