using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Scenograph.Torch;

/// <summary>What the engine runs on: libtorch, its linear algebra, threads, devices.</summary>
public static unsafe class EngineInfo
{
    /// <summary>Version of libtorch that the shim was built against.</summary>
    public static string LibtorchVersion => Marshal.PtrToStringUTF8(Native.sg_torch_version()) ?? "";

    /// <summary>File of the libtorch that is loaded, or null where it cannot be told.</summary>
    public static string? LibtorchPath => LoadedLibrary("libtorch_cpu.so");

    /// <summary>File of the linear algebra library that is loaded, or null where it is linked into libtorch.</summary>
    public static string? BlasPath => LoadedLibrary("openblas") ?? LoadedLibrary("libmkl") ?? LoadedLibrary("libblas.so");

    /// <summary>libtorch's own account of its build and of its threads.</summary>
    public static string BuildDescription => Marshal.PtrToStringUTF8(Native.sg_torch_config()) ?? "";

    /// <summary>Number of CUDA devices that libtorch sees.</summary>
    public static int CudaDeviceCount => Native.sg_cuda_devices();

    /// <summary>Threads that one operator uses. Set to 0: one for each core.</summary>
    public static int Threads
    {
        get => Native.sg_threads_get();
        set => Native.Check(Native.sg_threads_set(value == 0 ? Environment.ProcessorCount : value), "Threads");
    }

    /// <summary>
    /// Takes large tensors' host memory from a cache of huge pages, which keeps freed blocks for the next step instead of giving them
    /// back to the system.
    /// </summary>
    /// <param name="bytes">Most freed bytes that are kept.</param>
    public static void KeepMemory(long bytes = 256L << 20) => Native.Check(Native.sg_memory_keep(bytes), "KeepMemory");

    /// <summary>Whether accelerators must sum in a fixed order.</summary>
    public static void UseDeterministicAlgorithms(bool enabled) => Native.Check(Native.sg_deterministic_set(enabled ? 1 : 0), "UseDeterministicAlgorithms");

    /// <summary>Speed of a float32 product of two n × n matrices, in GFLOP/s: the best of a few.</summary>
    public static double MeasureMatrixProduct(int n, DType dtype = DType.Float32)
    {
        using var scope = TensorScope.Begin();
        using var inference = InferenceMode.Begin();
        var a = Operators.Ones([n, n], dtype);
        var b = Operators.Ones([n, n], dtype);
        var best = double.PositiveInfinity;
        for (var i = 0; i < 5; i++)
        {
            var watch = Stopwatch.StartNew();
            a.MatMul(b).Dispose();
            if (i > 0) best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }
        return 2.0 * n * n * n / best / 1e9;
    }

    private static string? LoadedLibrary(string part)
    {
        if (!OperatingSystem.IsLinux()) return null;
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            var slash = line.IndexOf('/', StringComparison.Ordinal);
            if (slash >= 0 && Path.GetFileName(line[slash..]).Contains(part, StringComparison.Ordinal)) return line[slash..];
        }
        return null;
    }
}
