using System.Globalization;
using System.Runtime.InteropServices;
using Scenograph.Torch;
using Scenograph.Torch.Images;

namespace Scenograph.Cli.Doctor;

/// <summary>Looks at one thing after the other; a thing that fails is a finding, never the end of the examination.</summary>
internal static class Examination
{
    private const int ProductSize = 1024;

    /// <summary>
    /// Below this share of what the cores could do at least (AVX2, 8 multiply-adds a clock, some 2 GHz: 32 GFLOP/s a core), the
    /// product is not done by a tuned library: the reference one reaches 6 GFLOP/s, whatever the machine.
    /// </summary>
    private const double SlowProduct = 20;

    private const long LittleDisk = 2L << 30;

    public static IReadOnlyList<Finding> Run() =>
    [
        Look("libtorch", Libtorch),
        Look("linear algebra", LinearAlgebra),
        Look("processor", ProcessorFeatures),
        Look("threads", Threads),
        Look("CUDA", Cuda),
        Look("codecs", Codecs),
        Look("native libraries", NativeLibraries),
        Look("runtime", Runtime),
        Look("disk", Disk),
    ];

    private static Finding Look(string name, Func<string, Finding> look)
    {
        try
        {
            return look(name);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException or TypeInitializationException or BadImageFormatException)
        {
            return new Finding(name, Health.Missing, "the native library cannot be loaded", $"run 'make build'; {Reason(error)}");
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return new Finding(name, Health.Missing, Reason(error), "run 'make build', which says what it lacks");
        }
    }

    private static string Reason(Exception error) => (error.InnerException ?? error).Message.ReplaceLineEndings("\n").Split('\n')[0].Trim();

    private static Finding Libtorch(string name)
    {
        var version = EngineInfo.LibtorchVersion;
        return new Finding(name, Health.Good, $"{version}, {EngineInfo.LibtorchPath ?? "path unknown"}", Facts: new Dictionary<string, object?>
        {
            ["version"] = version,
            ["path"] = EngineInfo.LibtorchPath,
        });
    }

    private static Finding LinearAlgebra(string name)
    {
        EngineInfo.Threads = 0; // As trainings do, unless their recipe says otherwise.
        var speed = EngineInfo.MeasureMatrixProduct(ProductSize);
        var library = EngineInfo.BlasPath;
        var isSlow = speed < SlowProduct;
        return new Finding(
            name,
            isSlow ? Health.Poor : Health.Good,
            string.Create(CultureInfo.InvariantCulture, $"{library ?? "inside libtorch"}, {speed:F0} GFLOP/s on a {ProductSize}³ float32 product"),
            isSlow
                ? "the matrix product runs at the speed of the reference BLAS; install OpenBLAS ('apt-get install libopenblas0-pthread') and choose it with 'update-alternatives --config libblas.so.3-x86_64-linux-gnu'"
                : null,
            new Dictionary<string, object?> { ["library"] = library, ["gflops"] = Math.Round(speed, 1), ["size"] = ProductSize });
    }

    private static Finding ProcessorFeatures(string name)
    {
        var processor = Processor.Read();
        var wide = processor.Flags.Contains("avx512f");
        var brain = processor.Flags.Contains("avx512_bf16");
        var tiles = processor.Flags.Contains("amx_bf16");
        var features = string.Join(", ", new[] { (wide, "AVX-512"), (brain, "AVX-512 bf16"), (tiles, "AMX bf16"), (processor.Flags.Contains("avx2"), "AVX2") }
            .Where(feature => feature.Item1)
            .Select(feature => feature.Item2));
        return new Finding(
            name,
            brain || tiles ? Health.Good : Health.Poor,
            $"{(processor.Model.Length > 0 ? processor.Model : RuntimeInformation.ProcessArchitecture.ToString())}: {(features.Length > 0 ? features : "no vector extensions known")}",
            brain || tiles ? null : "the processor has no bf16 arithmetic: train with --precision float32, bf16 would be slower",
            new Dictionary<string, object?> { ["model"] = processor.Model, ["avx512"] = wide, ["avx512_bf16"] = brain, ["amx_bf16"] = tiles });
    }

    private static Finding Threads(string name)
    {
        var cores = Environment.ProcessorCount;
        EngineInfo.Threads = 0;
        var threads = EngineInfo.Threads;
        return new Finding(
            name,
            threads == cores ? Health.Good : Health.Poor,
            $"{threads} for arithmetic on {cores} cores",
            threads == cores ? null : "this libtorch does not use every core; take one that was built with OpenMP, such as Debian's libtorch-dev",
            new Dictionary<string, object?> { ["cores"] = cores, ["threads"] = threads });
    }

    private static Finding Cuda(string name)
    {
        var devices = EngineInfo.CudaDeviceCount;
        var driver = File.Exists("/proc/driver/nvidia/version");
        return new Finding(
            name,
            driver && devices == 0 ? Health.Poor : Health.Good,
            devices == 0 ? "no device" : $"{devices} device{(devices == 1 ? "" : "s")}",
            driver && devices == 0 ? "there is an NVIDIA driver, but this libtorch cannot use it: build against one with CUDA by SCENOGRAPH_LIBTORCH=/path/to/libtorch make build" : null,
            new Dictionary<string, object?> { ["devices"] = devices });
    }

    private static Finding Codecs(string name)
    {
        var codecs = ImageFile.Codecs;
        return new Finding(name, Health.Good, codecs, Facts: new Dictionary<string, object?> { ["libraries"] = codecs });
    }

    private static Finding NativeLibraries(string name)
    {
        string[] wanted = ["libscenograph_images.so", "libscenograph_torch.so"];
        var missing = wanted.Where(library => !File.Exists(Path.Combine(AppContext.BaseDirectory, library))).ToList();
        return new Finding(
            name,
            missing.Count == 0 ? Health.Good : Health.Missing,
            missing.Count == 0 ? AppContext.BaseDirectory : $"{string.Join(" and ", missing)} not in {AppContext.BaseDirectory}",
            missing.Count == 0 ? null : "run 'make build'",
            new Dictionary<string, object?> { ["folder"] = AppContext.BaseDirectory, ["missing"] = missing });
    }

    private static Finding Runtime(string name) =>
        new(name, Health.Good, $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}", Facts: new Dictionary<string, object?>
        {
            ["framework"] = RuntimeInformation.FrameworkDescription,
            ["system"] = RuntimeInformation.OSDescription,
        });

    private static Finding Disk(string name)
    {
        var folder = Directory.GetCurrentDirectory();
        var free = new DriveInfo(folder).AvailableFreeSpace;
        return new Finding(
            name,
            free < LittleDisk ? Health.Poor : Health.Good,
            string.Create(CultureInfo.InvariantCulture, $"{free / (double)(1 << 30):F1} GB free in {folder}"),
            free < LittleDisk ? "runs and their checkpoints need some GB: free some space, or write elsewhere with --out" : null,
            new Dictionary<string, object?> { ["free_bytes"] = free, ["folder"] = folder });
    }
}
