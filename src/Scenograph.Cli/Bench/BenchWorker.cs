using System.Diagnostics;
using System.Globalization;
using Scenograph.Torch;
using Scenograph.Training.Recipes;

namespace Scenograph.Cli.Bench;

/// <summary>
/// Our side of a measurement, in a process of its own so that its peak memory is its own: answers <c>step</c> with the time of one
/// training step and the process's peak memory, <c>ceiling</c> with the rate of a convolution, and ends at <c>quit</c>.
/// </summary>
internal sealed class BenchWorker : IDisposable
{
    private readonly Device device;
    private readonly bool lowPrecision;
    private readonly IBenchSubject subject;

    public BenchWorker(BenchCase bench, Precision precision, int threads, Device device)
    {
        this.device = device;
        lowPrecision = precision == Precision.Bf16;
        EngineInfo.Threads = threads;
        EngineInfo.KeepMemory();
        subject = bench.Own?.Invoke(bench.Batch) ?? new ModelSubject(bench.Options!, bench.Batch, lowPrecision, device);
    }

    /// <summary>Serves until told to quit or the input ends.</summary>
    public void Serve(TextReader input, TextWriter output)
    {
        Step(); // the first step loads kernels and fills caches
        while (input.ReadLine() is { } line && line != "quit")
        {
            var answer = line == "ceiling"
                ? string.Create(CultureInfo.InvariantCulture, $"{{\"gflops\": {ConvolutionRate():F1}}}")
                : string.Create(CultureInfo.InvariantCulture, $"{{\"ms\": {Step():F3}, \"peak_mb\": {PeakMegabytes():F1}}}");
            output.WriteLine(answer);
            output.Flush();
        }
    }

    private double Step()
    {
        var watch = Stopwatch.StartNew();
        subject.Step();
        return watch.Elapsed.TotalMilliseconds;
    }

    /// <summary>GFLOP/s of a 5×5 convolution 64 → 64 on 16 maps of 64×64, forward and backward: what a convolutional network could reach here.</summary>
    private double ConvolutionRate()
    {
        using var scope = TensorScope.Begin();
        using var convolution = new Conv2d(64, 64, 5, padding: 2);
        convolution.To(device);
        var input = Operators.Rand([16, 64, 64, 64]).To(device).Contiguous(MemoryFormat.ChannelsLast);
        input.RequiresGrad = true;
        var best = double.PositiveInfinity;
        for (var i = 0; i < 4; i++)
        {
            using var inner = TensorScope.Begin();
            var watch = Stopwatch.StartNew();
            Tensor output;
            using (lowPrecision ? Autocast.Begin(device) : null) output = convolution.Forward(input);
            Differentiation.Gradients([output], [input, convolution.Weight], [output.OnesLike()])[1]!.Sum().ToDouble();
            if (i > 0) best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }
        return 3 * 2.0 * 16 * 64 * 64 * 64 * 64 * 25 / best / 1e9;
    }

    private static double PeakMegabytes()
    {
        foreach (var line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("VmHWM:", StringComparison.Ordinal)) return double.Parse(line.AsSpan(6).Trim().TrimEnd("kB ").ToString(), CultureInfo.InvariantCulture) / 1024;
        }
        return double.NaN;
    }

    public void Dispose() => subject.Dispose();
}
