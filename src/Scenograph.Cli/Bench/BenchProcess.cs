using System.Diagnostics;
using System.Text.Json;
using Scenograph.Torch;

namespace Scenograph.Cli.Bench;

/// <summary>A program that runs one training step for each line <c>step</c> on its input: ours or PyTorch's.</summary>
internal sealed class BenchProcess : IDisposable
{
    private readonly Process process;

    private BenchProcess(Process process) => this.process = process;

    public static BenchProcess Start(string file, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        try
        {
            return new(Process.Start(start)!);
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw new InputException($"{file} cannot be started: {failure.Message}", failure);
        }
    }

    /// <summary>Time and peak memory of one step.</summary>
    public (double Milliseconds, double PeakMegabytes) Step()
    {
        using var answer = Ask("step");
        return (answer.RootElement.GetProperty("ms").GetDouble(), answer.RootElement.GetProperty("peak_mb").GetDouble());
    }

    /// <summary>GFLOP/s of a convolution in that process.</summary>
    public double Ceiling()
    {
        using var answer = Ask("ceiling");
        return answer.RootElement.GetProperty("gflops").GetDouble();
    }

    private JsonDocument Ask(string question)
    {
        process.StandardInput.WriteLine(question);
        process.StandardInput.Flush();
        var line = process.StandardOutput.ReadLine() ?? throw new InputException($"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)} ended before it answered; its own message stands above");
        return JsonDocument.Parse(line);
    }

    public void Dispose()
    {
        try
        {
            process.StandardInput.WriteLine("quit");
            process.StandardInput.Close();
            if (!process.WaitForExit(TimeSpan.FromSeconds(10))) process.Kill(entireProcessTree: true);
        }
        catch (IOException)
        {
            // It ended by itself.
        }
        process.Dispose();
    }
}
