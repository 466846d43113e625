using System.Diagnostics;

namespace Scenograph.Tests.Unit;

/// <summary>A disk of 64 KB that a test can fill; it needs the right to mount a tmpfs.</summary>
internal sealed class TinyDisk : IDisposable
{
    private readonly TemporaryFolder place = new();

    private TinyDisk()
    {
    }

    public string Path => place.Path;

    /// <summary>Null where mounting is not allowed.</summary>
    public static TinyDisk? TryMount()
    {
        var disk = new TinyDisk();
        if (Run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.Path))
        {
            return disk;
        }
        disk.place.Dispose();
        return null;
    }

    public void Dispose()
    {
        Run("umount", Path);
        place.Dispose();
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true });
            process!.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
