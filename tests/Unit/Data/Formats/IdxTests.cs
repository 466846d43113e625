using Scenograph.Data.Formats;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Data.Formats;

public sealed class IdxTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly byte[] plain = DigitFiles.Idx(Enumerable.Range(0, 2 * 3 * 40).Select(i => (byte)(i * i)).ToArray(), 2, 3, 40);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Plain_and_zipped_files_read_the_same()
    {
        var first = Idx.Read(folder.Write("a", plain), 3);
        var second = Idx.Read(folder.Write("b", DigitFiles.Zip(plain)), 3);

        Assert.Equal([2, 3, 40], first.Shape);
        Assert.Equal(plain[16..], first.Bytes);
        Assert.Equal(first.Shape, second.Shape);
        Assert.Equal(first.Bytes, second.Bytes);
    }

    [Fact]
    public void A_missing_file_is_named() => Refused(folder.File("none.gz"), "none.gz: there is no such file");

    [Fact]
    public void An_empty_file_is_no_idx_file() => Refused(folder.Write("x", []), "the file is empty");

    [Fact]
    public void A_wrong_magic_is_shown() => Refused(folder.Write("x", "PNG and more"u8), "must begin with 00 00 08 03, but begins with 50 4E 47 20");

    [Fact]
    public void Another_element_type_is_named()
    {
        plain[2] = 0x0D;
        Refused(folder.Write("x", plain), "type 0D");
    }

    [Fact]
    public void Another_number_of_axes_is_named() => Refused(folder.Write("x", DigitFiles.Idx([1, 2], 2)), "with element type 08 and 1 axes");

    [Fact]
    public void A_cut_header_is_told() => Refused(folder.Write("x", plain.AsSpan(0, 9)), "header ends after 9 of 16 bytes");

    [Fact]
    public void Data_shorter_than_its_header_says_is_told() => Refused(folder.Write("x", plain.AsSpan(0, 100)), "2 x 3 x 40 needs 240 bytes after the header, but 84 are there");

    [Fact]
    public void Data_longer_than_its_header_says_is_told() => Refused(folder.Write("x", [.. plain, 0]), "but 241 are there");

    [Fact]
    public void Zipped_data_longer_than_its_header_says_is_told() => Refused(folder.Write("x", DigitFiles.Zip([.. plain, 0])), "more data follows");

    [Fact]
    public void A_truncated_gzip_is_told()
    {
        var zipped = DigitFiles.Zip(plain);
        Refused(folder.Write("x", zipped.AsSpan(0, zipped.Length / 2)), "cut off");
    }

    [Fact]
    public void A_damaged_gzip_is_told()
    {
        var zipped = DigitFiles.Zip(plain);
        zipped.AsSpan(10, 20).Fill(0xFF);
        Refused(folder.Write("x", zipped), "gzip data is damaged");
    }

    [Fact]
    public void Sizes_beyond_memory_are_refused_before_any_is_taken()
    {
        var huge = DigitFiles.Idx([1], int.MaxValue, int.MaxValue, int.MaxValue);
        Refused(folder.Write("x", huge), "more than this program reads");
        Refused(folder.Write("y", DigitFiles.Zip(DigitFiles.Idx([1], 60_000, 28, 280))), "more than the compressed size makes credible");
    }

    private static void Refused(string path, string because) =>
        Assert.Contains(because, Assert.Throws<InputException>(() => Idx.Read(path, 3)).Message, StringComparison.Ordinal);
}
