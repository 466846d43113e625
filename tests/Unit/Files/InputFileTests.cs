using Scenograph.Torch;
using Scenograph.Torch.Files;

namespace Scenograph.Tests.Unit.Files;

public sealed class InputFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("scenograph-files-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_file_without_a_length_is_read_to_its_end() => Assert.NotEmpty(InputFile.ReadAllBytes("/proc/self/status"));

    [Fact]
    public void A_file_longer_than_the_limit_is_refused_unread()
    {
        var file = Path.Combine(folder.FullName, "long");
        File.WriteAllBytes(file, new byte[101]);

        Assert.Equal($"{file}: the file has 101 bytes, more than the 100 that are read", Assert.Throws<InputException>(() => InputFile.ReadAllBytes(file, largest: 100)).Message);
    }
}
