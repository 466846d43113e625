using Scenograph.Torch;
using Scenograph.Torch.Images;

namespace Scenograph.Tests.Unit.Images;

public sealed class ImageFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("scenograph-images-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_missing_file_is_named() => Assert.Equal($"{At("none.png")}: there is no such file", Refusal("none.png"));

    [Fact]
    public void A_folder_is_no_picture()
    {
        folder.CreateSubdirectory("a.png");

        Assert.Equal($"{At("a.png")}: this is a folder, but a file was expected", Refusal("a.png"));
    }

    [Fact]
    public void A_file_of_zero_bytes_is_refused()
    {
        File.WriteAllBytes(At("empty.png"), []);

        Assert.Equal($"{At("empty.png")}: the file is empty, but a PNG or JPEG was expected", Refusal("empty.png"));
    }

    [Theory, InlineData("GIF89a....", "the file is a GIF"), InlineData("BM......", "the file is a BMP"), InlineData("hello", "it begins with the bytes 68 65 6C 6C")]
    public void Other_kinds_of_files_are_refused_by_name(string content, string reason)
    {
        File.WriteAllText(At("x.png"), content);

        Assert.Contains(reason, Refusal("x.png"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_kind_is_told_by_content_not_by_name()
    {
        File.WriteAllBytes(At("really-a.png"), ImageFile.EncodeJpeg(new Image(8, 8, 1, new byte[64])));

        Assert.Equal(1, ImageFile.Read(At("really-a.png")).Channels);
    }

    [Fact]
    public void Writing_replaces_the_file_and_leaves_nothing_beside_it()
    {
        ImageFile.WritePng(At("a.png"), new Image(1, 1, 1, [1]));
        ImageFile.WritePng(At("a.png"), new Image(1, 1, 1, [2]));

        Assert.Equal([2], ImageFile.Read(At("a.png")).Pixels);
        Assert.Equal(["a.png"], folder.EnumerateFileSystemInfos().Select(entry => entry.Name));
    }

    [Fact]
    public void Writing_into_a_missing_folder_is_refused() =>
        Assert.Equal($"{At("no/a.png")}: the folder {At("no")} does not exist", Assert.Throws<InputException>(() => ImageFile.WritePng(At("no/a.png"), new Image(1, 1, 1, [1]))).Message);

    [Fact]
    public void An_image_of_the_wrong_number_of_values_cannot_be_made() =>
        Assert.Throws<ArgumentException>(() => new Image(2, 2, 3, new byte[11]));

    [Fact]
    public void Many_threads_may_read_at_once()
    {
        var file = ImageFile.EncodePng(new Image(64, 64, 3, [.. Enumerable.Range(0, 64 * 64 * 3).Select(i => (byte)(i * i))]));
        var expected = ImageFile.Read(file, "x.png").Pixels;

        Parallel.For(0, 200, i =>
        {
            Assert.Equal(expected, ImageFile.Read(file, "x.png").Pixels);
            Assert.Throws<InputException>(() => ImageFile.Read(file.AsSpan(0, 40 + i), "x.png"));
        });
    }

    [Fact]
    public void The_codecs_are_named() => Assert.Matches("^libpng 1\\.[0-9.]+, libjpeg", ImageFile.Codecs);

    private string At(string name) => Path.Combine(folder.FullName, name);

    private string Refusal(string name) => Assert.Throws<InputException>(() => ImageFile.Read(At(name))).Message;
}
