using System.Runtime.InteropServices;
using System.Text;
using Scenograph.Torch.Files;

namespace Scenograph.Torch.Images;

/// <summary>
/// Reads PNG and JPEG files (told apart by their first bytes, not their names) and writes them. Any thread may call anything.
/// <list type="bullet">
/// <item>PNG: every colour type and depth. 16 bits become round(v / 257); 1, 2 and 4 bits of grey are stretched to 0..255; gamma and
/// colour profiles are not applied. A file with an alpha channel or transparent colours gives four channels with straight alpha.</item>
/// <item>JPEG: grey, colour and CMYK (made RGB without a profile; Adobe's inverted inks are known). The EXIF orientation is not
/// applied. Damaged data are an error, never a grey patch.</item>
/// <item>A file of N bytes may take 12 N bytes and 48 MiB when decoded; one that declares more is refused.</item>
/// </list>
/// </summary>
public static unsafe class ImageFile
{
    private const int ErrorCapacity = 512;

    /// <summary>Names and versions of the libraries that do the work, e.g. <c>libpng 1.6.39, libjpeg-turbo 2.1.5</c>.</summary>
    /// <exception cref="InputException">The native library is not built.</exception>
    public static string Codecs => Marshal.PtrToStringUTF8((nint)NativeImages.Codecs()) ?? "";

    /// <summary>Reads a picture: channels 1 (grey), 3 (RGB) or 4 (RGBA).</summary>
    /// <exception cref="InputException">The file is missing, damaged, truncated, too large, or neither PNG nor JPEG.</exception>
    public static Image Read(string path) => Decode(InputFile.ReadAllBytes(path), path, indices: false);

    /// <inheritdoc cref="Read(string)"/>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="name">What errors call the file.</param>
    public static Image Read(ReadOnlySpan<byte> file, string name) => Decode(file, name, indices: false);

    /// <summary>
    /// Reads a mask: the palette index or the grey value of each pixel, unchanged (1, 2 and 4 bits are not stretched). One channel.
    /// </summary>
    /// <exception cref="InputException">As <see cref="Read(string)"/>, or the file is a JPEG, holds colours, or has 16 bits.</exception>
    public static Image ReadIndices(string path) => Decode(InputFile.ReadAllBytes(path), path, indices: true);

    /// <inheritdoc cref="ReadIndices(string)"/>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="name">What errors call the file.</param>
    public static Image ReadIndices(ReadOnlySpan<byte> file, string name) => Decode(file, name, indices: true);

    /// <summary>Writes a grey, RGB or RGBA PNG; the file is wholly there or not at all.</summary>
    /// <exception cref="InputException">The disk is full, or the folder is missing or may not be written to.</exception>
    public static void WritePng(string path, Image image) => AtomicFile.WriteAllBytes(path, EncodePng(image));

    /// <summary>Writes indices as a palette PNG; the file is wholly there or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="indices">One channel, values below the number of colours.</param>
    /// <param name="palette">Red, green, blue of 1 to 256 colours.</param>
    /// <exception cref="InputException">The disk is full, or the folder is missing or may not be written to.</exception>
    public static void WritePng(string path, Image indices, ReadOnlySpan<byte> palette) => AtomicFile.WriteAllBytes(path, EncodePng(indices, palette));

    /// <summary>The bytes of a grey, RGB or RGBA PNG.</summary>
    public static byte[] EncodePng(Image image) => EncodePng(image, default);

    /// <summary>The bytes of a palette PNG.</summary>
    /// <param name="image">Indices: one channel, values below the number of colours. (Any picture where there is no palette.)</param>
    /// <param name="palette">Red, green, blue of 1 to 256 colours; empty for no palette.</param>
    /// <exception cref="ArgumentException">The picture has several channels, the palette is no list of 1 to 256 triples, or too short.</exception>
    public static byte[] EncodePng(Image image, ReadOnlySpan<byte> palette)
    {
        ArgumentNullException.ThrowIfNull(image);
        const int compression = 6;
        if (!palette.IsEmpty)
        {
            CheckPalette(image, palette);
        }
        Span<byte> error = stackalloc byte[ErrorCapacity];
        byte* bytes = null;
        long length = 0;
        int status;
        fixed (byte* pixels = image.Pixels, colours = palette, text = error)
        {
            status = NativeImages.EncodePng(pixels, image.Width, image.Height, image.Channels, colours, palette.Length / 3, compression, &bytes, &length, text, ErrorCapacity);
        }
        return Take(status, bytes, length, error);
    }

    /// <summary>The bytes of a baseline JPEG.</summary>
    /// <param name="image">Grey or RGB; the alpha of RGBA is dropped.</param>
    /// <param name="quality">1 (smallest) to 100 (best), libjpeg's scale.</param>
    public static byte[] EncodeJpeg(Image image, int quality = 90)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        if (image.Width > 65_500 || image.Height > 65_500)
        {
            throw new ArgumentException($"a JPEG has at most 65,500 rows and columns, not {image.Width} x {image.Height}", nameof(image));
        }
        var opaque = image.Channels == 4 ? image.ToRgb() : image;
        Span<byte> error = stackalloc byte[ErrorCapacity];
        byte* bytes = null;
        long length = 0;
        int status;
        fixed (byte* pixels = opaque.Pixels, text = error)
        {
            status = NativeImages.EncodeJpeg(pixels, opaque.Width, opaque.Height, opaque.Channels, quality, &bytes, &length, text, ErrorCapacity);
        }
        return Take(status, bytes, length, error);
    }

    private static Image Decode(ReadOnlySpan<byte> file, string name, bool indices)
    {
        Span<byte> error = stackalloc byte[ErrorCapacity];
        var mode = indices ? 1 : 0;
        int width, height, channels;
        fixed (byte* data = file, text = error)
        {
            if (NativeImages.Header(data, file.Length, mode, &width, &height, &channels, text, ErrorCapacity) != 0)
            {
                throw new InputException($"{name}: {Text(error)}");
            }
            // Checked by the header: at most 12 bytes a byte of the file and 48 MiB.
            if ((long)width * height * channels > Array.MaxLength)
            {
                throw new InputException(FormattableString.Invariant($"{name}: a picture of {width:N0} x {height:N0} pixels is too large"));
            }
            var pixels = GC.AllocateUninitializedArray<byte>(width * height * channels);
            fixed (byte* target = pixels)
            {
                if (NativeImages.Decode(data, file.Length, mode, target, pixels.LongLength, text, ErrorCapacity) != 0)
                {
                    throw new InputException($"{name}: {Text(error)}");
                }
            }
            return new Image(width, height, channels, pixels);
        }
    }

    private static void CheckPalette(Image image, ReadOnlySpan<byte> palette)
    {
        if (image.Channels != 1 || palette.Length % 3 != 0 || palette.Length > 3 * 256)
        {
            throw new ArgumentException($"a palette of {palette.Length} bytes and an image of {image.Channels} channels do not go together; wanted: 1 to 256 colours of 3 bytes, 1 channel", nameof(palette));
        }
        if (palette.Length < 3 * 256 && image.Pixels.AsSpan().IndexOfAnyInRange((byte)(palette.Length / 3), byte.MaxValue) is >= 0 and var at)
        {
            throw new ArgumentException($"index {image.Pixels[at]} needs a palette of more than {palette.Length / 3} colours", nameof(palette));
        }
    }

    private static byte[] Take(int status, byte* bytes, long length, ReadOnlySpan<byte> error)
    {
        if (status != 0)
        {
            throw new InvalidOperationException(Text(error));
        }
        try
        {
            return new ReadOnlySpan<byte>(bytes, checked((int)length)).ToArray();
        }
        finally
        {
            NativeImages.Free(bytes);
        }
    }

    private static string Text(ReadOnlySpan<byte> error)
    {
        var end = error.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? error : error[..end]);
    }
}
