namespace Scenograph.Cli.Doctor;

/// <summary>What the processor can do, as the operating system tells.</summary>
/// <param name="Model">Its name, or empty.</param>
/// <param name="Flags">Names of its features in Linux's spelling, e.g. <c>avx512f</c>.</param>
internal sealed record Processor(string Model, IReadOnlySet<string> Flags)
{
    /// <summary>Reads /proc/cpuinfo; elsewhere nothing is known.</summary>
    public static Processor Read()
    {
        var lines = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").TakeWhile(line => line.Length > 0).ToList() : [];
        string Value(string key) => lines.Where(line => line.StartsWith(key, StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())
            .FirstOrDefault("");
        return new Processor(Value("model name"), Value("flags").Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal));
    }
}
