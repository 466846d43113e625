using System.Globalization;
using System.Text.Json;
using Scenograph.Torch;
using Scenograph.Torch.Files;
using Scenograph.Torch.Images;

namespace Scenograph.Data.Folders;

/// <summary>
/// Writes a set as an image folder: <c>images/SPLIT/000000.png</c>, <c>masks/SPLIT/000000.png</c> (grey, value = label) and, last,
/// <c>scenes/SPLIT.json</c> with the metadata. <see cref="ImageFolder"/> reads it back equal, if all values are whole 255ths.
/// </summary>
public static class DataSetWriter
{
    /// <param name="set">What to write.</param>
    /// <param name="folder">Made where it is missing; may hold other splits already.</param>
    /// <param name="split">Names the sub-folders.</param>
    /// <param name="progress">Told the number of scenes written, now and then, from any thread.</param>
    /// <param name="cancellation">Stops between two scenes; the split is then unfinished and has no scene file.</param>
    /// <exception cref="InputException">The folder holds this split already or cannot be written.</exception>
    public static void Write(IDataSet set, string folder, Split split, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        var name = SplitNames.Of(split);
        var images = Path.Combine(folder, "images", name);
        var masks = Path.Combine(folder, "masks", name);
        var scenes = Path.Combine(folder, "scenes", $"{name}.json");
        if (File.Exists(scenes) || (Directory.Exists(images) && Directory.EnumerateFileSystemEntries(images).Any()))
        {
            throw new InputException($"{folder}: the folder holds a split {name} already; remove it or choose another folder.");
        }

        MakeFolders(images, masks, Path.GetDirectoryName(scenes)!);
        var listed = new Sample[set.Count];
        var written = 0;
        try
        {
            Parallel.For(0, set.Count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation }, position =>
            {
                var sample = set.Read(position);
                WriteFiles(sample, Path.Combine(images, FileName(position)), Path.Combine(masks, FileName(position)));
                listed[position] = sample with { Image = [], Labels = null };
                progress?.Report(Interlocked.Increment(ref written));
            });
        }
        catch (AggregateException exception) when (exception.InnerExceptions[0] is InputException first)
        {
            throw new InputException(first.Message, exception);
        }

        AtomicFile.Write(scenes, stream => WriteScenes(stream, set, name, listed));
    }

    private static string FileName(int position) => position.ToString("000000", CultureInfo.InvariantCulture) + ".png";

    private static void MakeFolders(params ReadOnlySpan<string> folders)
    {
        foreach (var folder in folders)
        {
            try
            {
                Directory.CreateDirectory(folder);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new InputException($"{folder}: the folder cannot be made ({exception.Message})", exception);
            }
        }
    }

    private static void WriteFiles(Sample sample, string imagePath, string maskPath)
    {
        ImageFile.WritePng(imagePath, new Image(sample.Width, sample.Height, sample.Channels, PixelValues.ToPixels(sample.Image, sample.Channels)));
        if (sample.Labels is { } labels)
        {
            ImageFile.WritePng(maskPath, new Image(sample.Width, sample.Height, 1, labels));
        }
    }

    private static void WriteScenes(Stream stream, IDataSet set, string split, Sample[] scenes)
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteStartObject("info");
        json.WriteString("name", set.Name);
        json.WriteString("split", split);
        json.WriteNumber("channels", set.Channels);
        json.WriteNumber("height", set.Height);
        json.WriteNumber("width", set.Width);
        json.WriteNumber("mask_count", set.MaskCount);
        json.WriteEndObject();
        json.WriteStartArray("scenes");
        foreach (var (position, scene) in scenes.Index())
        {
            json.WriteStartObject();
            json.WriteNumber("image_index", scene.Index);
            json.WriteString("image_filename", FileName(position));
            WriteScene(json, scene);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteScene(Utf8JsonWriter json, Sample scene)
    {
        if (scene.Visible is { } visible)
        {
            json.WriteStartArray("visible");
            Array.ForEach(visible, json.WriteBooleanValue);
            json.WriteEndArray();
        }

        if (scene.Metadata?.GroundMaterial is { } ground)
        {
            json.WriteString("ground_material", ground);
        }

        if (scene.Metadata is { } metadata)
        {
            json.WriteStartArray("objects");
            foreach (var one in metadata.Objects)
            {
                json.WriteStartObject();
                foreach (var (key, value) in one.Attributes)
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
    }
}
