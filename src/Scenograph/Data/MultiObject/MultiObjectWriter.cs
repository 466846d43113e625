using System.Globalization;
using System.IO.Compression;
using Scenograph.Data.Formats;
using Scenograph.Torch;
using Scenograph.Torch.Files;

namespace Scenograph.Data.MultiObject;

/// <summary>
/// Writes scenes as a TFRecord file in a published schema, compressed with gzip as a whole: what the TensorFlow readers of
/// multi_object_datasets take. Features come from the scenes' metadata; those of generated scenes are brought to the published units, and what
/// a scene does not tell is 0.
/// </summary>
public static class MultiObjectWriter
{
    private static readonly string[] Shapes = ["square", "ellipse", "heart"];
    private static readonly string[] Pieces = ["I", "O", "T", "S", "Z", "J", "L"];

    private static readonly Dictionary<string, float[]> Colors = new(StringComparer.Ordinal)
    {
        ["red"] = [1, 0, 0], ["green"] = [0, 1, 0], ["blue"] = [0, 0, 1], ["yellow"] = [1, 1, 0], ["magenta"] = [1, 0, 1], ["cyan"] = [0, 1, 1],
    };

    /// <summary>The published schema that a set fits: of its image size, with room for its masks, the smallest.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public static MultiObjectSchema SchemaFor(IDataSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        return MultiObjectSchema.All
            .Where(schema => (schema.Channels, schema.Height, schema.Width) == (set.Channels, set.Height, set.Width) && schema.Entities >= set.MaskCount && (schema.Backgrounds == 1 || schema.Name == set.Name))
            .OrderBy(schema => schema.Name != set.Name).ThenBy(schema => schema.Entities).FirstOrDefault()
            ?? throw new InputException($"{set.Name}: no published multi-object data set has images of {set.Channels} x {set.Height} x {set.Width} with {set.MaskCount} masks; there are {string.Join(", ", MultiObjectSchema.All.Where(schema => schema.Backgrounds == 1).Select(schema => $"{schema.Channels} x {schema.Height} x {schema.Width} with {schema.Entities}"))}.");
    }

    /// <summary>Writes all scenes of a set; the file is wholly there or not at all.</summary>
    /// <param name="set">Scenes with masks.</param>
    /// <param name="path">The file.</param>
    /// <param name="schema">One that the set fits.</param>
    /// <param name="cancellation">Stops between two scenes.</param>
    /// <exception cref="InputException">A scene does not fit the schema, or the file cannot be written.</exception>
    public static void Write(IDataSet set, string path, MultiObjectSchema schema, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(schema);
        AtomicFile.Write(path, stream =>
        {
            using var packed = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true);
            for (var i = 0; i < set.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                TfRecord.Write(packed, ToScene(set.Read(i), schema, $"{set.Name}, scene {i}").ToExample(schema).ToArray());
            }
        });
    }

    private static MultiObjectScene ToScene(Sample sample, MultiObjectSchema schema, string place)
    {
        if ((sample.Channels, sample.Height, sample.Width) != (schema.Channels, schema.Height, schema.Width) || sample.Labels is not { } labels || LabelMap.Maximum(labels) >= schema.Entities)
        {
            throw new InputException($"{place}: {schema.Name} takes images of {schema.Channels} x {schema.Height} x {schema.Width} with at most {schema.Entities} masks, which this is not.");
        }

        var visible = new bool[schema.Entities];
        sample.Visible.AsSpan(0, Math.Min(visible.Length, sample.Visible?.Length ?? 0)).CopyTo(visible);
        var values = new float[schema.ValueCount];
        var at = 0;
        foreach (var feature in schema.Features)
        {
            for (var entity = 0; entity < schema.Entities; entity++, at += feature.Width)
            {
                var target = values.AsSpan(at, feature.Width);
                if (feature.Name == "visibility")
                {
                    target[0] = visible[entity] ? 1 : 0;
                }
                else if (entity > 0 && entity <= sample.Metadata?.Objects.Count)
                {
                    Fill(target, feature.Name, sample.Metadata.Objects[entity - 1].Attributes, schema);
                }
            }
        }

        return new(PixelValues.ToPixels(sample.Image, sample.Channels), labels, visible, values);
    }

    private static void Fill(Span<float> target, string feature, IReadOnlyDictionary<string, string> attributes, MultiObjectSchema schema)
    {
        // Generated sprites tell pixels and degrees; dSprites has places in [0, 1], a scale and radians.
        if (attributes.ContainsKey("depth") && feature is "x" or "y" or "scale" or "orientation")
        {
            var (name, factor, offset) = feature switch
            {
                "scale" => ("size", 64 / (20.0 * schema.Width), 0),
                "orientation" => ("rotation", Math.PI / 180, 0),
                _ => (feature, 2.0 / schema.Width, -0.5),
            };
            target[0] = attributes.TryGetValue(name, out var told) && TryNumber(told, out var number) ? (float)((number * factor) + offset) : 0;
            return;
        }

        if (!attributes.TryGetValue(feature, out var text))
        {
            return;
        }

        if (feature == "color" && (Colors.TryGetValue(text, out var color) || TryHex(text, out color)))
        {
            color.AsSpan(0, target.Length).CopyTo(target);
            return;
        }

        var code = Math.Max(Array.IndexOf(Shapes, text), Array.IndexOf(Pieces, text)) + 1;
        var words = text.Split(' ');
        for (var i = 0; i < target.Length && i < words.Length; i++)
        {
            target[i] = code > 0 ? code : TryNumber(words[i], out var number) ? (float)number : 0;
        }
    }

    private static bool TryNumber(string text, out double number) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    private static bool TryHex(string text, out float[] color)
    {
        var known = int.TryParse(text.AsSpan(text.StartsWith('#') ? 1 : 0), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var rgb) && text is ['#', _, _, _, _, _, _];
        color = [(rgb >> 16 & 255) / 255f, (rgb >> 8 & 255) / 255f, (rgb & 255) / 255f];
        return known;
    }
}
