using System.Diagnostics;
using Scenograph.Torch;
using Scenograph.Torch.Files;

namespace Scenograph.Tests.Unit.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("scenograph-files-");

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>Needs the right to mount; where there is none, <c>SafetensorsFileTests.A_full_disk_is_named_and_leaves_the_old_file</c> remains.</summary>
    [Fact]
    public void On_a_full_disk_the_old_file_stays_whole_and_nothing_lies_beside_it()
    {
        var disk = folder.CreateSubdirectory("disk").FullName;
        if (!Run("mount", "-t", "tmpfs", "-o", "size=64k", "none", disk))
        {
            return;
        }
        try
        {
            var file = Path.Combine(disk, "last.safetensors");
            AtomicFile.WriteAllBytes(file, new byte[20_000]);

            var error = Assert.Throws<InputException>(() => AtomicFile.WriteAllBytes(file, new byte[100_000]));

            Assert.Equal($"{file}: the disk is full; the file that was there is unchanged; free some space or choose another folder", error.Message);
            Assert.IsType<IOException>(error.InnerException, exactMatch: false);
            Assert.Equal(new byte[20_000], File.ReadAllBytes(file));
            Assert.Equal([file], Directory.EnumerateFileSystemEntries(disk));
        }
        finally
        {
            Run("umount", disk);
        }
    }

    [Fact]
    public void Without_permission_to_write_the_folder_is_named()
    {
        const string forbidden = "/sys"; // to root too
        if (Directory.Exists(forbidden))
        {
            Assert.Equal("/sys/a.png: this user may not write to the folder /sys", Assert.Throws<InputException>(() => AtomicFile.WriteAllBytes("/sys/a.png", new byte[1])).Message);
        }
    }

    [Fact]
    public void A_folder_of_the_same_name_is_not_replaced()
    {
        folder.CreateSubdirectory("a.png");

        Assert.Throws<InputException>(() => AtomicFile.WriteAllBytes(Path.Combine(folder.FullName, "a.png"), new byte[1]));
        Assert.Equal(["a.png"], folder.EnumerateFileSystemInfos().Select(entry => entry.Name));
    }

    [Fact]
    public void A_file_without_a_length_is_read_to_its_end() => Assert.NotEmpty(InputFile.ReadAllBytes("/proc/self/status"));

    [Fact]
    public void A_file_longer_than_the_limit_is_refused_unread()
    {
        var file = Path.Combine(folder.FullName, "long");
        File.WriteAllBytes(file, new byte[101]);

        Assert.Equal($"{file}: the file has 101 bytes, more than the 100 that are read", Assert.Throws<InputException>(() => InputFile.ReadAllBytes(file, largest: 100)).Message);
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true });
            process!.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
