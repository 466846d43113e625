namespace Scenograph.Torch;

/// <summary>What the engine runs on: libtorch, its linear algebra, threads, devices. STUB: main has the real one; take that.</summary>
public static class EngineInfo
{
#pragma warning disable CS1591
    public static string LibtorchVersion => throw new DllNotFoundException("scenograph_torch");
#pragma warning disable CS1591
    public static string? LibtorchPath => null;
#pragma warning disable CS1591
    public static string? BlasPath => null;
#pragma warning disable CS1591
    public static string BuildDescription => "";
#pragma warning disable CS1591
    public static int CudaDeviceCount => 0;
#pragma warning disable CS1591
    public static int Threads { get => 1; set { } }
#pragma warning disable CS1591
    public static double MeasureMatrixProduct(int n) => n > 0 ? 0 : 0;
}
