using System.Diagnostics;
using Scenograph.Torch;
using Scenograph.Torch.Files;

namespace Scenograph.Tests.Unit.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("scenograph-atomic-");

    public void Dispose() => folder.Delete(recursive: true);

    private string PathOf(string name) => Path.Combine(folder.FullName, name);

    private string[] Names() => [.. folder.GetFiles("*", SearchOption.AllDirectories).Select(file => file.Name)];

    [Fact]
    public void A_written_file_is_all_that_is_left()
    {
        AtomicFile.WriteText(PathOf("c.txt"), "Größe");

        Assert.Equal("Größe", File.ReadAllText(PathOf("c.txt")));
        Assert.Equal(["c.txt"], Names());
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        var error = Assert.Throws<InputException>(() => AtomicFile.WriteText(PathOf("no/c.txt"), "x"));

        Assert.Equal($"{PathOf("no/c.txt")}: the folder {PathOf("no")} does not exist", error.Message);
    }

    [Fact]
    public void A_failed_write_leaves_the_previous_file_and_nothing_else()
    {
        AtomicFile.WriteText(PathOf("c.txt"), "before");

        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(PathOf("c.txt"), stream =>
        {
            stream.Write("half"u8);
            throw new InvalidOperationException();
        }));

        Assert.Equal("before", File.ReadAllText(PathOf("c.txt")));
        Assert.Equal(["c.txt"], Names());
    }

    [Fact]
    public void A_folder_in_the_place_of_the_file_is_refused_in_one_sentence()
    {
        folder.CreateSubdirectory("taken");

        var error = Assert.Throws<InputException>(() => AtomicFile.WriteText(PathOf("taken"), "x"));

        Assert.Equal($"{PathOf("taken")}: a folder of this name is in the way", error.Message);
    }

    [Fact]
    public void A_file_in_the_place_of_a_folder_is_refused_in_one_sentence()
    {
        AtomicFile.WriteText(PathOf("file"), "x");

        var error = Assert.Throws<InputException>(() => AtomicFile.WriteText(PathOf("file/inside"), "x"));

        Assert.StartsWith($"{PathOf("file/inside")}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_is_named_and_leaves_the_previous_file_and_nothing_else()
    {
        if (!TryMountTiny(folder.FullName))
        {
            return; // Needs root or CAP_SYS_ADMIN for a tmpfs of 64 KB.
        }
        try
        {
            AtomicFile.WriteText(PathOf("weights"), "before");

            var error = Assert.Throws<InputException>(() => AtomicFile.Write(PathOf("weights"), stream =>
            {
                for (var i = 0; i < 100; i++)
                {
                    stream.Write(new byte[10_000]);
                }
            }));

            Assert.Contains("the disk is full; the file that was there is unchanged", error.Message, StringComparison.Ordinal);
            Assert.Equal("before", File.ReadAllText(PathOf("weights")));
            Assert.Equal(["weights"], Names());
        }
        finally
        {
            Run("umount", folder.FullName);
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

    private static bool TryMountTiny(string place) => Run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place) == 0;

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true });
            process!.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1; // No such program here.
        }
    }
}
