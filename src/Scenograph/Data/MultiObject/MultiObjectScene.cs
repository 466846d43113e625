using System.Globalization;
using Scenograph.Data.Formats;
using Scenograph.Torch;

namespace Scenograph.Data.MultiObject;

/// <summary>One scene of a multi-object data set, decoded.</summary>
/// <param name="Pixels">[H, W, C]</param>
/// <param name="Labels">[H, W], the entity of each pixel; 0 where no mask is set.</param>
/// <param name="Visible">[K], which entities the scene has.</param>
/// <param name="Values">All features of the schema one after the other, each [K, Width].</param>
internal sealed record MultiObjectScene(byte[] Pixels, byte[] Labels, bool[] Visible, float[] Values)
{
    /// <exception cref="InputException">A feature is missing or of another length than the schema's.</exception>
    public static MultiObjectScene From(TrainExample example, MultiObjectSchema schema)
    {
        var pixels = example.Bytes("image", schema.ImageSize);
        var labels = ToLabels(example.Bytes("mask", schema.MaskSize), schema);
        var values = new float[schema.ValueCount];
        var at = 0;
        bool[]? declared = null;
        foreach (var feature in schema.Features)
        {
            var count = feature.Width * schema.Entities;
            var read = feature.IsByte ? Array.ConvertAll(example.Bytes(feature.Name, count), value => (float)value) : example.Floats(feature.Name, count);
            read.CopyTo(values, at);
            at += count;
            if (feature.Name == "visibility")
            {
                declared = Array.ConvertAll(read, value => value > 0);
            }
        }

        return new(pixels, labels, schema.VisibleByMask || declared is null ? LabelMap.Present(labels, schema.Entities) : declared, values);
    }

    public TrainExample.Builder ToExample(MultiObjectSchema schema)
    {
        var example = new TrainExample.Builder().AddBytes("image", Pixels).AddBytes("mask", ToMasks(schema));
        var at = 0;
        foreach (var feature in schema.Features)
        {
            var values = Values.AsSpan(at, feature.Width * schema.Entities);
            at += values.Length;
            _ = feature.IsByte
                ? example.AddBytes(feature.Name, Array.ConvertAll(values.ToArray(), value => (byte)value))
                : example.AddFloats(feature.Name, values);
        }

        return example;
    }

    public Sample ToSample(MultiObjectSchema schema, int index)
    {
        var objects = new List<Dictionary<string, string>>();
        for (var entity = 1; entity <= Array.LastIndexOf(Visible, true); entity++)
        {
            objects.Add(new Dictionary<string, string>(StringComparer.Ordinal));
        }

        var at = 0;
        foreach (var feature in schema.Features)
        {
            // Which entities there are is told by Visible.
            for (var i = 0; feature.Name != "visibility" && i < objects.Count; i++)
            {
                objects[i][feature.Name] = Text(Values.AsSpan(at + ((i + 1) * feature.Width), feature.Width));
            }

            at += feature.Width * schema.Entities;
        }

        return new Sample
        {
            Index = index,
            Channels = schema.Channels,
            Height = schema.Height,
            Width = schema.Width,
            Image = PixelValues.ToPlanes(Pixels, schema.Channels, schema.Channels),
            Labels = Labels,
            Visible = Visible,
            Metadata = new SceneMetadata(null, objects.ConvertAll(one => new ObjectMetadata(one))),
        };
    }

    private static string Text(ReadOnlySpan<float> values)
    {
        var text = values[0].ToString("R", CultureInfo.InvariantCulture);
        foreach (var value in values[1..])
        {
            text += " " + value.ToString("R", CultureInfo.InvariantCulture);
        }

        return text;
    }

    /// <summary>The entity with the greatest mask value, the first among equals.</summary>
    private static byte[] ToLabels(byte[] masks, MultiObjectSchema schema)
    {
        var labels = new byte[schema.Height * schema.Width];
        var best = new byte[labels.Length];
        for (var entity = 0; entity < schema.Entities; entity++)
        {
            for (var pixel = 0; pixel < labels.Length; pixel++)
            {
                var value = masks[schema.EntitiesThird ? (pixel * schema.Entities) + entity : (entity * labels.Length) + pixel];
                if (value > best[pixel])
                {
                    (best[pixel], labels[pixel]) = (value, (byte)entity);
                }
            }
        }

        return labels;
    }

    private byte[] ToMasks(MultiObjectSchema schema)
    {
        var masks = new byte[schema.MaskSize];
        for (var pixel = 0; pixel < Labels.Length; pixel++)
        {
            masks[schema.EntitiesThird ? (pixel * schema.Entities) + Labels[pixel] : (Labels[pixel] * Labels.Length) + pixel] = byte.MaxValue;
        }

        return masks;
    }
}
