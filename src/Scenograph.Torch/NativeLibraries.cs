using System.Reflection;
using System.Runtime.InteropServices;

namespace Scenograph.Torch;

/// <summary>
/// Finds the engine's native libraries (<c>libscenograph_*.so</c>): beside the assembly, then in the folder named by
/// <c>SCENOGRAPH_NATIVE</c>. An assembly may have one resolver only, so every class with P/Invokes calls <see cref="Register"/>
/// from its static constructor.
/// </summary>
internal static partial class NativeLibraries
{
    /// <summary>Environment variable: a folder with the native libraries.</summary>
    public const string FolderVariable = "SCENOGRAPH_NATIVE";

    private const string Prefix = "scenograph_";

    static NativeLibraries()
    {
        BoundSpinning();
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
    }

    /// <summary>
    /// GNU OpenMP's threads spin for milliseconds when they have nothing to do; where another program wants the cores, each parallel
    /// region then waits for a whole time slice. A short spin costs nothing on a quiet machine. The library reads the variable when it
    /// is loaded, and .NET keeps an environment of its own, so the C library is told.
    /// </summary>
    private static void BoundSpinning()
    {
        if (!OperatingSystem.IsLinux()) return;
        _ = SetEnvironment("GOMP_SPINCOUNT", "20000", overwrite: 0);
        // OpenBLAS of its own threads does the same beside it: 2^26 cycles, unless told.
        _ = SetEnvironment("OPENBLAS_THREAD_TIMEOUT", "4", overwrite: 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    /// <summary>Makes sure that the resolver is in place; the first call does the work.</summary>
    public static void Register()
    {
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search)
    {
        if (!name.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return 0;
        }
        var file = OperatingSystem.IsWindows() ? $"{name}.dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";
        var folders = Folders(assembly);
        foreach (var path in folders.Select(folder => Path.Combine(folder, file)).Where(File.Exists))
        {
            try
            {
                return NativeLibrary.Load(path);
            }
            catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
            {
                throw new InputException($"{path}: the native library cannot be loaded; run `make native` to build it for this machine ({error.Message})", error);
            }
        }
        throw new InputException($"{file} is in none of the folders {string.Join(", ", folders)}; run `make native`, or name its folder in {FolderVariable}");
    }

    private static List<string> Folders(Assembly assembly)
    {
        var folders = new List<string> { AppContext.BaseDirectory };
        if (Path.GetDirectoryName(assembly.Location) is { Length: > 0 } beside)
        {
            folders.Add(beside);
        }
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named)
        {
            folders.Add(named);
        }
        return [.. folders.Select(folder => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))).Distinct()];
    }
}
