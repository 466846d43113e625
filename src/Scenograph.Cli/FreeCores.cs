using System.Globalization;

namespace Scenograph.Cli;

/// <summary>How much of the processor other programs leave.</summary>
internal static class FreeCores
{
    private const string Statistics = "/proc/stat";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(300);

    /// <summary>
    /// Threads that can really run side by side: <paramref name="wanted"/>, or 1 where other programs keep the cores busy. oneDNN's
    /// threads wait for each other spinning, in every convolution: one that is kept from its core holds up all, and two threads are
    /// then many times slower than one.
    /// </summary>
    public static int Threads(int wanted)
    {
        if (wanted <= 1 || Environment.ProcessorCount < wanted) return 1;
        return Idle() is { } idle && idle < wanted - 0.5 ? 1 : wanted;
    }

    /// <summary>Cores that had nothing to do while it looked; null where the system does not tell.</summary>
    private static double? Idle()
    {
        if (!File.Exists(Statistics)) return null;
        var (before, idleBefore) = Read();
        Thread.Sleep(Look);
        var (after, idleAfter) = Read();
        return after > before ? (idleAfter - idleBefore) / (after - before) * Cores() : null;
    }

    private static (double All, double Idle) Read()
    {
        var times = File.ReadLines(Statistics).First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9].Select(time => double.Parse(time, CultureInfo.InvariantCulture)).ToArray();
        return (times.Sum(), times[3] + times[4]);
    }

    private static int Cores() => File.ReadLines(Statistics).Count(line => line.StartsWith("cpu", StringComparison.Ordinal) && char.IsAsciiDigit(line[3]));
}
