using System.CommandLine;
using System.Globalization;
using Scenograph.Cli.Bench;
using Scenograph.Evaluation;
using Scenograph.Models;
using Scenograph.Torch;
using Scenograph.Training.Recipes;

namespace Scenograph.Cli.Commands;

/// <summary><c>scenograph bench</c>: our training step against PyTorch's, interleaved in one run.</summary>
internal static class BenchCommand
{
    private const string PythonVariable = "SCENOGRAPH_PYTHON";

    /// <summary>One measured configuration; ratio = ours / PyTorch, medians of interleaved steps.</summary>
    /// <remarks>Gflops is the arithmetic of one step by formula over our time; CeilingShare that rate over the rate of a plain convolution in the same process.</remarks>
    internal sealed record Row(string Model, string Config, string Precision, int Threads, int Batch, double OursMs, double? PytorchMs, double? Ratio,
        double OursPeakMb, double? PytorchPeakMb, double? Gflops, double? CeilingShare);

    private sealed record Request(string? Model, bool All, bool AgainstPytorch, string? Config, string? Precision, int Steps, int? Threads, string Device, bool Worker, bool Json);

    public static Command Create()
    {
        var model = new Argument<string?>("model") { Description = "Name of the model, e.g. slot-attention.", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "Every model, against PyTorch." };
        var against = new Option<string?>("--against") { Description = "pytorch: the same step in PyTorch eager (Debian's python3-torch, or the python that SCENOGRAPH_PYTHON names).", HelpName = "what" };
        against.AcceptOnlyFromAmong("pytorch");
        var config = new Option<string?>("--config") { Description = "benchmark or demo only.", HelpName = "name" };
        var precision = CommonOptions.Precision();
        var steps = CommonOptions.Number<int>("--steps", "n", "Timed steps of each program (default 3 at benchmark size, 20 at the demo's).", least: 1);
        var threads = CommonOptions.Number<int>("--threads", "n", "Threads of the arithmetic (default: all cores; 1 for toy, whose tensors are small).", least: 1);
        var device = CommonOptions.Device();
        var worker = new Option<bool>("--worker") { Hidden = true };
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "bench",
            "Time a training step and its peak memory, alone or against PyTorch, step by step in turn.",
            "scenograph bench slot-attention --against pytorch --json",
            "scenograph bench --all")
        {
            model, all, against, config, precision, steps, threads, device, worker, json,
        };
        command.SetAction((parsed, stop) => Run(
            new Request(
                parsed.GetValue(model), parsed.GetValue(all), parsed.GetValue(all) || parsed.GetValue(against) is not null, parsed.GetValue(config),
                parsed.GetValue(precision), parsed.GetValue(steps) ?? 0, parsed.GetValue(threads),
                parsed.GetValue(device) ?? "cpu", parsed.GetValue(worker), parsed.GetValue(json)),
            stop));
        return command;
    }

    private static Task<int> Run(Request request, CancellationToken stop)
    {
        var cases = BenchCase.All().Where(bench => (request.All || bench.Model == request.Model) && (request.Config is null || bench.Config == request.Config)).ToList();
        if (cases.Count == 0)
        {
            throw new InputException(request.Model is null
                ? "scenograph bench: a model is missing, e.g. scenograph bench slot-attention (or all of them: --all)"
                : $"there is no benchmark of model '{request.Model}'{(request.Config is null ? "" : $" and config '{request.Config}'")}; there are {string.Join(", ", BenchCase.All().Select(bench => $"{bench.Model} {bench.Config}"))}");
        }
        if (request.Worker)
        {
            using var worker = new BenchWorker(cases[0], PrecisionOf(request.Precision), Threads(cases[0], request), Device.Parse(request.Device));
            worker.Serve(Console.In, Console.Out);
            return Task.FromResult(0);
        }
        var rows = new List<Row>();
        foreach (var bench in cases)
        {
            foreach (var precision in request.Precision is { } only ? [only] : bench.Options is null ? ["float32"] : new[] { "float32", "bf16" })
            {
                stop.ThrowIfCancellationRequested();
                rows.Add(Measure(bench, precision, request));
            }
        }
        if (request.Json) Output.WriteJson(rows);
        else Output.Write(Table(rows));
        return Task.FromResult(0);
    }

    private static int Threads(BenchCase bench, Request request) => request.Threads ?? (bench.Threads > 0 ? bench.Threads : Environment.ProcessorCount);

    private static Row Measure(BenchCase bench, string precision, Request request)
    {
        var threads = Threads(bench, request).ToString(CultureInfo.InvariantCulture);
        string[] ourArguments = [.. Self().Arguments, "bench", bench.Model, "--worker", "--config", bench.Config, "--precision", precision, "--threads", threads, "--device", request.Device];
        using var ours = BenchProcess.Start(Self().File, ourArguments);
        using var theirs = request.AgainstPytorch
            ? BenchProcess.Start(Python(), [Script(bench.Program), .. bench.Arguments, "--batch", bench.Batch.ToString(CultureInfo.InvariantCulture), "--precision", precision, "--threads", threads, "--interactive"])
            : null;
        var steps = request.Steps > 0 ? request.Steps : bench.Config == "demo" ? 20 : 3;
        var (ourTimes, theirTimes, ourPeak, theirPeak) = (new List<double>(), new List<double>(), 0.0, 0.0);
        // Both are still making ready, side by side; when each has answered once, only one works at a time.
        ours.Step();
        theirs?.Step();
        for (var i = 0; i < steps; i++)
        {
            var (time, peak) = ours.Step();
            ourTimes.Add(time);
            ourPeak = peak;
            if (theirs is null) continue;
            (time, theirPeak) = theirs.Step();
            theirTimes.Add(time);
        }
        var ceiling = ours.Ceiling();
        using var random = new Generator(0);
        using var model = bench.Options is { } options ? ModelCatalogue.Create(options, random) : null;
        var median = Median(ourTimes);
        var rate = model?.ForwardOperations(bench.Batch) is { } forward ? 3 * forward / median / 1e6 : (double?)null;
        double? pytorch = theirs is null ? null : Median(theirTimes);
        return new(bench.Model, bench.Config, precision, Threads(bench, request), bench.Batch, median, pytorch, median / pytorch, ourPeak, theirs is null ? null : theirPeak, rate, rate / ceiling);
    }

    private static EvaluationTable Table(IEnumerable<Row> rows) => new(
        "a training step; ratio = ours / PyTorch",
        ["model", "config", "precision", "threads", "batch", "ours ms", "PyTorch ms", "ratio", "ours peak MB", "PyTorch peak MB", "GFLOP/s", "share of ceiling"],
        [.. rows.Select(row => (IReadOnlyList<string>)
        [
            row.Model, row.Config, row.Precision, Text(row.Threads, "F0"), Text(row.Batch, "F0"), Text(row.OursMs, "F1"), Text(row.PytorchMs, "F1"), Text(row.Ratio, "F3"),
            Text(row.OursPeakMb, "F0"), Text(row.PytorchPeakMb, "F0"), Text(row.Gflops, "F0"), Text(row.CeilingShare, "P0"),
        ])]);

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";

    private static Precision PrecisionOf(string? text) => text switch
    {
        null or "float32" => Precision.Float32,
        "bf16" => Precision.Bf16,
        _ => throw new InputException($"--precision is '{text}'; use float32 or bf16"),
    };

    private static double Median(List<double> values)
    {
        values.Sort();
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }

    /// <summary>How this very program is started again.</summary>
    private static (string File, string[] Arguments) Self()
    {
        var file = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(file) == "dotnet" ? (file, [typeof(BenchCommand).Assembly.Location]) : (file, []);
    }

    private static string Python() => Environment.GetEnvironmentVariable(PythonVariable) ?? (File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3");

    private static string Script(string program)
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var file = Path.Combine(folder, "bench", "pytorch", program);
            if (File.Exists(file)) return file;
        }
        throw new InputException($"bench/pytorch/{program} is not above {AppContext.BaseDirectory}; run scenograph from its repository");
    }
}
