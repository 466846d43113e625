using System.IO.Compression;
using Scenograph.Data.Formats;
using Scenograph.Data.MultiObject;

namespace Scenograph.Tests.Unit.Data.MultiObject;

/// <summary>Small scenes in the published schemas, and files of them.</summary>
internal static class MultiObjectScenes
{
    public static MultiObjectSchema Schema(string name) => MultiObjectSchema.Find(name)!;

    /// <summary>A scene that differs with its number: entity 1 + (row of 8 + number) mod objects, everything else background.</summary>
    public static MultiObjectScene Make(MultiObjectSchema schema, int number, int? objects = null)
    {
        var foreground = objects ?? Math.Min(schema.Entities - 1, 2 + (number % 3));
        var pixels = new byte[schema.Height * schema.Width * schema.Channels];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)((i * (number + 3)) >> 2);
        }

        var labels = new byte[schema.Height * schema.Width];
        for (var i = 0; i < labels.Length; i++)
        {
            var band = i / schema.Width / 3;
            labels[i] = (byte)(band < foreground ? band + 1 : 0);
        }

        bool[] visible = [.. Enumerable.Range(0, schema.Entities).Select(entity => entity <= foreground)];
        var values = new float[schema.Features.Sum(feature => feature.Width) * schema.Entities];
        var at = 0;
        foreach (var feature in schema.Features)
        {
            for (var i = 0; i < feature.Width * schema.Entities; i++, at++)
            {
                values[at] = feature.Name == "visibility" ? (visible[i] ? 1 : 0)
                    : feature.IsByte ? (visible[i / feature.Width] ? 1 + ((i + number) % 3) : 0)
                    : (number * 10) + (i * 0.25f) - 1;
            }
        }

        return new(pixels, labels, visible, values);
    }

    public static byte[] Record(MultiObjectSchema schema, int number, int? objects = null) => Make(schema, number, objects).ToExample(schema).ToArray();

    public static byte[] Gzip(params IEnumerable<byte[]> records)
    {
        using var file = new MemoryStream();
        using (var packed = new GZipStream(file, CompressionLevel.Fastest))
        {
            foreach (var record in records)
            {
                TfRecord.Write(packed, record);
            }
        }

        return file.ToArray();
    }

    public static byte[] File(MultiObjectSchema schema, int count) => Gzip(Enumerable.Range(0, count).Select(number => Record(schema, number)));
}
