using System.Globalization;
using System.Runtime.InteropServices;
using Scenograph.Torch;

namespace Scenograph.Training;

/// <summary>What a run was computed on, by name: for reports.</summary>
public static class RunEnvironment
{
    /// <summary>Program, runtime, libtorch, processor and the command line, as they are now.</summary>
    public static IReadOnlyDictionary<string, string> Describe(Device device) => new Dictionary<string, string>
    {
        ["Scenograph"] = typeof(RunEnvironment).Assembly.GetName().Version?.ToString(3) ?? "",
        [".NET"] = RuntimeInformation.FrameworkDescription,
        ["libtorch"] = EngineInfo.LibtorchVersion,
        ["BLAS"] = Path.GetFileName(EngineInfo.BlasPath) ?? "in libtorch",
        ["system"] = RuntimeInformation.OSDescription,
        ["processor"] = Processor(),
        ["cores"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
        ["threads"] = EngineInfo.Threads.ToString(CultureInfo.InvariantCulture),
        ["device"] = device.ToString(),
        ["date"] = DateTimeOffset.Now.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture),
        ["command"] = string.Join(' ', Environment.GetCommandLineArgs().Skip(1).Prepend("scenograph")),
    };

    private static string Processor()
    {
        const string file = "/proc/cpuinfo";
        if (!File.Exists(file)) return RuntimeInformation.ProcessArchitecture.ToString();
        var line = File.ReadLines(file).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
