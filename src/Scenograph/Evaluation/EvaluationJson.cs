using System.Text.Json;

namespace Scenograph.Evaluation;

/// <summary>Results as JSON; numbers that are not finite become null.</summary>
internal static class EvaluationJson
{
    public static void Write(EvaluationSummary summary, EvaluationSetting? setting, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        if (setting is not null)
        {
            json.WriteString("data", setting.Data);
            json.WriteStartArray("set");
            foreach (var change in setting.Set)
            {
                json.WriteStringValue(change);
            }

            json.WriteEndArray();
            json.WriteNumber("components", setting.Components);
        }

        json.WriteNumber("images", summary.Images);
        json.WriteStartObject("metrics");
        foreach (var row in summary.Rows)
        {
            WriteNumber(json, row.Name, row.Mean);
        }

        json.WriteEndObject();
        WriteUndefined(json, summary);
        WriteBreakdowns(json, summary);
        json.WriteStartArray("per_image");
        foreach (var image in summary.PerImage)
        {
            WriteImage(json, image);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteUndefined(Utf8JsonWriter json, EvaluationSummary summary)
    {
        json.WriteStartObject("undefined");
        foreach (var row in summary.Rows.Where(row => row.Undefined > 0))
        {
            json.WriteStartObject(row.Name);
            json.WriteNumber("count", row.Undefined);
            WriteNumber(json, "mean_of_defined", row.MeanOfDefined);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteBreakdowns(Utf8JsonWriter json, EvaluationSummary summary)
    {
        json.WriteStartObject("breakdowns");
        foreach (var tag in summary.Tags)
        {
            json.WriteStartObject(tag);
            foreach (var name in summary.MetricsOf(tag))
            {
                json.WriteStartArray(name);
                foreach (var mean in summary.Breakdown(tag, name))
                {
                    json.WriteStartObject();
                    json.WriteString("value", mean.Value);
                    WriteNumber(json, "mean", mean.Mean);
                    json.WriteNumber("count", mean.Count);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteImage(Utf8JsonWriter json, ImageScores image)
    {
        json.WriteStartObject();
        json.WriteNumber("index", image.Index);
        if (image.ObjectCount is { } count)
        {
            json.WriteNumber(TagNames.ObjectCount, count);
        }

        if (image.GroundMaterial is { } material)
        {
            json.WriteString(TagNames.GroundMaterial, material);
        }

        json.WriteStartObject("metrics");
        foreach (var (name, value) in image.Values)
        {
            WriteNumber(json, name, value);
        }

        json.WriteEndObject();
        if (image.Objects.Count > 0)
        {
            json.WriteStartArray("objects");
            foreach (var entity in image.Objects)
            {
                WriteObject(json, entity);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteObject(Utf8JsonWriter json, ObjectScores entity)
    {
        json.WriteStartObject();
        json.WriteNumber("label", entity.Label);
        WriteNumber(json, MetricNames.ObjectError, entity.SquaredError);
        WriteNumber(json, MetricNames.ObjectIou, entity.Iou);
        json.WriteStartObject("attributes");
        foreach (var (name, value) in entity.Attributes)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
