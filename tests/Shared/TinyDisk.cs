using System.Diagnostics;

namespace Scenograph.Tests;

/// <summary>A small disk that a test can fill; it needs the right to mount a tmpfs.</summary>
internal sealed class TinyDisk : IDisposable
{
    private readonly string path;

    private TinyDisk(string path) => this.path = path;

    public string Path => path;

    private string Filler => System.IO.Path.Combine(path, "filler");

    /// <param name="path">A folder to be made.</param>
    /// <param name="size">As mount takes it, e.g. <c>64k</c>.</param>
    /// <returns>Null where mounting is not allowed.</returns>
    public static TinyDisk? TryMount(string path, string size)
    {
        Directory.CreateDirectory(path);
        return Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", path) ? new TinyDisk(path) : null;
    }

    /// <summary>Leaves no byte free.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (true) file.Write(block);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Free() => File.Delete(Filler);

    public void Dispose() => Run("umount", path);

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
            return false; // No such program here.
        }
    }
}
