using System.Runtime.InteropServices;

namespace Scenograph.Torch.Images;

/// <summary>The functions of native/images.cpp, as documented there.</summary>
internal static unsafe partial class NativeImages
{
    private const string Library = "scenograph_images";

    static NativeImages() => NativeLibraries.Register();

    [LibraryImport(Library, EntryPoint = "sg_image_header")]
    public static partial int Header(byte* data, long length, int indices, int* width, int* height, int* channels, byte* error, int capacity);

    [LibraryImport(Library, EntryPoint = "sg_image_decode")]
    public static partial int Decode(byte* data, long length, int indices, byte* pixels, long size, byte* error, int capacity);

    [LibraryImport(Library, EntryPoint = "sg_image_encode_png")]
    public static partial int EncodePng(byte* pixels, int width, int height, int channels, byte* palette, int colours, int level, byte** bytes, long* length, byte* error, int capacity);

    [LibraryImport(Library, EntryPoint = "sg_image_encode_jpeg")]
    public static partial int EncodeJpeg(byte* pixels, int width, int height, int channels, int quality, byte** bytes, long* length, byte* error, int capacity);

    [LibraryImport(Library, EntryPoint = "sg_image_free")]
    public static partial void Free(void* bytes);

    [LibraryImport(Library, EntryPoint = "sg_image_codecs")]
    public static partial byte* Codecs();
}
