using System.Diagnostics;
using System.Text.Json;

namespace Scenograph.Tests.EndToEnd;

/// <summary>What one call of the program printed and returned.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error)
{
    /// <summary>Standard output as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Asserts a user's mistake as it must be answered: exit code 2, one sentence, no trace, nothing on standard output.</summary>
    public string OneSentence()
    {
        Assert.True(ExitCode == 2, $"exit code {ExitCode}\n{Output}\n{Error}");
        Assert.Empty(Output);
        var sentence = Assert.Single(Error.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("   at ", sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", sentence, StringComparison.Ordinal);
        return sentence;
    }
}

/// <summary>Runs ./scenograph as a user would: as a process.</summary>
internal static class ScenographProgram
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromMinutes(2);

    public static string Path => System.IO.Path.Combine(RepositoryRoot.Path, "scenograph");

    /// <summary>Runs the program in a folder until it ends.</summary>
    public static Outcome RunIn(string folder, params string[] arguments) => Run(folder, DefaultLimit, null, arguments);

    /// <summary>Runs the program until it ends.</summary>
    public static Outcome Run(params string[] arguments) => Run(RepositoryRoot.Path, DefaultLimit, null, arguments);

    /// <param name="folder">Working directory.</param>
    /// <param name="limit">The program is killed and the test fails when it takes longer.</param>
    /// <param name="environment">Variables set besides the inherited ones; null values are removed.</param>
    /// <param name="arguments">The command line.</param>
    public static Outcome Run(string folder, TimeSpan limit, IReadOnlyDictionary<string, string?>? environment, params string[] arguments)
    {
        using var process = Start(folder, environment, arguments);
        return Finish(process, limit);
    }

    /// <summary>Starts the program and leaves it running, for tests that send it signals.</summary>
    public static Process Start(string folder, IReadOnlyDictionary<string, string?>? environment, params string[] arguments)
    {
        Assert.True(File.Exists(Path), $"{Path} is not there; run 'make build' first");
        return StartProgram(Path, folder, environment, arguments);
    }

    /// <summary>Starts any program with its output captured.</summary>
    public static Process StartProgram(string program, string folder, IReadOnlyDictionary<string, string?>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Sends a signal, e.g. <c>TERM</c>.</summary>
    public static void Signal(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits for the end of a started program and collects what it printed.</summary>
    public static Outcome Finish(Process process, TimeSpan? limit = null)
    {
        // Both are read at once: a full pipe would stop the program.
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(limit ?? DefaultLimit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"the program did not end within {limit ?? DefaultLimit}\n{output.Result}\n{error.Result}");
        }
        return new Outcome(process.ExitCode, output.Result, error.Result);
    }
}
