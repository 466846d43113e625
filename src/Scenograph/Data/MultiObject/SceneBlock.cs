using System.IO.Compression;
using System.Runtime.InteropServices;
using Scenograph.Torch;

namespace Scenograph.Data.MultiObject;

/// <summary>
/// A scene in few bytes: planes of colour as differences from the pixel to the left, the label map instead of K masks, and the numbers, deflated.
/// Loses nothing, since the masks of these sets are 0 or 255 and exclude each other.
/// </summary>
internal static class SceneBlock
{
    public static byte[] Pack(MultiObjectScene scene, MultiObjectSchema schema)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(ToDifferences(scene.Pixels, schema));
            deflate.Write(scene.Labels);
            deflate.Write(Array.ConvertAll(scene.Visible, visible => (byte)(visible ? 1 : 0)));
            deflate.Write(MemoryMarshal.AsBytes<float>(scene.Values));
        }

        return packed.ToArray();
    }

    /// <exception cref="InputException">The block is not one of this schema.</exception>
    public static MultiObjectScene Unpack(byte[] block, MultiObjectSchema schema, string place)
    {
        var differences = new byte[schema.ImageSize];
        var labels = new byte[schema.Height * schema.Width];
        var visible = new byte[schema.Entities];
        var values = new float[schema.ValueCount];
        try
        {
            using var deflate = new DeflateStream(new MemoryStream(block), CompressionMode.Decompress);
            deflate.ReadExactly(differences);
            deflate.ReadExactly(labels);
            deflate.ReadExactly(visible);
            deflate.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw new InputException($"{place}: the scene is damaged; remove the file, and it is made anew", exception);
        }

        return new(FromDifferences(differences, schema), labels, Array.ConvertAll(visible, value => value != 0), values);
    }

    private static byte[] ToDifferences(byte[] pixels, MultiObjectSchema schema)
    {
        var (channels, width, area) = (schema.Channels, schema.Width, schema.Height * schema.Width);
        var differences = new byte[pixels.Length];
        for (var channel = 0; channel < channels; channel++)
        {
            for (var i = 0; i < area; i++)
            {
                var left = i % width == 0 ? 0 : pixels[((i - 1) * channels) + channel];
                differences[(channel * area) + i] = (byte)(pixels[(i * channels) + channel] - left);
            }
        }

        return differences;
    }

    private static byte[] FromDifferences(byte[] differences, MultiObjectSchema schema)
    {
        var (channels, width, area) = (schema.Channels, schema.Width, schema.Height * schema.Width);
        var pixels = new byte[differences.Length];
        for (var channel = 0; channel < channels; channel++)
        {
            byte value = 0;
            for (var i = 0; i < area; i++)
            {
                value = (byte)((i % width == 0 ? 0 : value) + differences[(channel * area) + i]);
                pixels[(i * channels) + channel] = value;
            }
        }

        return pixels;
    }
}
