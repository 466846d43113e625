using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Scenograph.Torch;

#pragma warning disable SA1300, IDE1006 // names are the C interface's own

/// <summary>The C interface of native/torch.</summary>
internal static unsafe partial class Native
{
    private const string Library = "scenograph_torch";

    static Native() => NativeLibraries.Register();

    [StructLayout(LayoutKind.Sequential)]
    internal struct Description
    {
        internal int DType, DeviceType, DeviceIndex, Dimensions, RequiresGrad, IsLeaf, IsContiguous, IsChannelsLast;
        internal long Elements, Bytes;
    }

    [LibraryImport(Library)] private static partial nint sg_error();
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial int sg_operator_find(string name, string overload, out nint handle);
    [LibraryImport(Library)] private static partial nint sg_operator_schema(nint handle);
    [LibraryImport(Library)] internal static partial int sg_operator_call(nint handle, Value* arguments, int count, Value** results, int* resultCount);

    [LibraryImport(Library)] internal static partial void sg_tensor_free(nint handle);
    [LibraryImport(Library)] internal static partial nint sg_tensor_retain(nint handle);
    [LibraryImport(Library)] internal static partial int sg_tensor_from_host(void* data, long* sizes, int dimensions, int dtype, nint* tensor);
    [LibraryImport(Library)] internal static partial int sg_tensor_to_host(nint handle, void* data, long bytes);
    [LibraryImport(Library)] internal static partial int sg_tensor_describe(nint handle, Description* description, long* sizes);
    [LibraryImport(Library)] internal static partial int sg_tensor_item(nint handle, double* value);

    [LibraryImport(Library)] internal static partial int sg_grad_mode_get();
    [LibraryImport(Library)] internal static partial void sg_grad_mode_set(int enabled);
    [LibraryImport(Library)] internal static partial nint sg_inference_begin();
    [LibraryImport(Library)] internal static partial void sg_inference_end(nint guard);
    [LibraryImport(Library)] internal static partial int sg_tensor_set_requires_grad(nint handle, int value);
    [LibraryImport(Library)] internal static partial int sg_tensor_grad(nint handle, nint* grad);
    [LibraryImport(Library)] internal static partial int sg_tensor_set_grad(nint handle, nint grad);
    [LibraryImport(Library)] internal static partial int sg_backward(nint* roots, nint* grads, int count, int retainGraph, int createGraph);
    [LibraryImport(Library)] internal static partial int sg_grad(nint* outputs, nint* grads, int outputCount, nint* inputs, int inputCount, int retainGraph, int createGraph, nint* result);

    [LibraryImport(Library)] internal static partial int sg_generator_new(int deviceType, int deviceIndex, ulong seed, nint* generator);
    [LibraryImport(Library)] internal static partial int sg_generator_default(int deviceType, int deviceIndex, nint* generator);
    [LibraryImport(Library)] internal static partial void sg_generator_free(nint handle);
    [LibraryImport(Library)] internal static partial int sg_generator_seed(nint handle, ulong seed);
    [LibraryImport(Library)] internal static partial int sg_generator_get_state(nint handle, nint* state);
    [LibraryImport(Library)] internal static partial int sg_generator_set_state(nint handle, nint state);

    [LibraryImport(Library)] internal static partial nint sg_torch_version();
    [LibraryImport(Library)] internal static partial nint sg_torch_config();
    [LibraryImport(Library)] internal static partial int sg_threads_get();
    [LibraryImport(Library)] internal static partial int sg_threads_set(int count);
    [LibraryImport(Library)] internal static partial int sg_cuda_devices();
    [LibraryImport(Library)] internal static partial int sg_autocast_begin(int deviceType, int enabled, int dtype, int* wasEnabled, int* wasDType);
    [LibraryImport(Library)] internal static partial int sg_autocast_end(int deviceType, int wasEnabled, int wasDType);
    [LibraryImport(Library)] internal static partial int sg_deterministic_set(int enabled);
    [LibraryImport(Library)] internal static partial int sg_memory_keep(long bytes);

    /// <summary>The last failure's message, without the C++ stack trace that libtorch appends.</summary>
    internal static string ErrorText()
    {
        var text = Marshal.PtrToStringUTF8(sg_error()) ?? "";
        var end = text.IndexOf("\nException raised from", StringComparison.Ordinal);
        return (end < 0 ? text : text[..end]).Trim();
    }

    /// <summary>The schema of an operator as the libtorch that is loaded has it.</summary>
    internal static string SchemaText(nint handle) => Marshal.PtrToStringUTF8(sg_operator_schema(handle)) ?? "";

    /// <exception cref="TorchException">The status is not 0; the message begins with <paramref name="what"/>.</exception>
    internal static void Check(int status, [CallerMemberName] string what = "")
    {
        if (status != 0) throw new TorchException($"{what}: {ErrorText()}");
    }
}
