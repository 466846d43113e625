using System.Globalization;
using Scenograph.Torch;

namespace Scenograph.Data.Formats;

/// <summary>
/// One scene as an npz archive of the features of Kabra et al.'s multi_object_datasets: image [H, W, C], mask [K, H, W, 1] (or entities third),
/// visibility [K], and one array an attribute with K entries.
/// </summary>
public static class SceneArchive
{
    // Eleven masks of large uniform areas shrink several hundredfold; a CLEVR scene unpacks to some 1.1 MB.
    private const double Expansion = 16;

    /// <exception cref="InputException">The file is missing, broken, or holds no scene.</exception>
    public static Sample Read(string path, int index)
    {
        using var archive = NumpyArchive.Open(path, Expansion);
        return Read(archive, path, index);
    }

    /// <param name="archive">An open archive.</param>
    /// <param name="path">For messages.</param>
    /// <param name="index">Becomes the sample's index.</param>
    /// <exception cref="InputException">The archive holds no scene.</exception>
    public static Sample Read(NumpyArchive archive, string path, int index)
    {
        ArgumentNullException.ThrowIfNull(archive);
        var image = ReadBytes(archive, path, "image");
        if (image.Shape is not [> 0, > 0, 1 or 3])
        {
            throw new InputException($"{path}, array 'image': shape ({Text(image.Shape)}), but [H, W, 1 or 3] is needed.");
        }

        var (height, width, channels) = (image.Shape[0], image.Shape[1], image.Shape[2]);
        var mask = ReadBytes(archive, path, "mask");
        var labels = ToLabels(mask, height, width, path, out var entities);
        var visible = archive.Contains("visibility") ? ReadVisible(archive, path, entities) : [.. Enumerable.Repeat(true, entities)];
        return new Sample
        {
            Index = index,
            Channels = channels,
            Height = height,
            Width = width,
            Image = PixelValues.ToPlanes(image.As<byte>(), channels, channels),
            Labels = labels,
            Visible = visible,
            Metadata = new SceneMetadata(null, ReadObjects(archive, visible)),
        };
    }

    /// <summary>Which entities a scene says it has, index 0 the background, without reading more of it.</summary>
    /// <exception cref="InputException">The file is missing, broken, or holds no scene.</exception>
    public static bool[] ReadVisible(string path)
    {
        using var archive = NumpyArchive.Open(path, Expansion);
        if (archive.Contains("visibility"))
        {
            return ReadVisible(archive, path, archive.Read("visibility").Count);
        }

        return Read(archive, path, 0).Visible!;
    }

    private static bool[] ReadVisible(NumpyArchive archive, string path, int entities)
    {
        var values = archive.Read("visibility").ToDoubles();
        return values.Length >= entities
            ? Array.ConvertAll(values[..entities], value => value > 0)
            : throw new InputException($"{path}, array 'visibility': {values.Length} entries for {entities} masks.");
    }

    private static NumpyArray ReadBytes(NumpyArchive archive, string path, string name)
    {
        var array = archive.Read(name);
        return array.Type == NumpyType.UInt8 ? array : throw new InputException($"{path}, array '{name}': elements are {array.Type}, but unsigned bytes are needed.");
    }

    /// <summary>The entity with the greatest mask value, the first among equals; background where all are 0.</summary>
    private static byte[] ToLabels(NumpyArray mask, int height, int width, string path, out int entities)
    {
        var shape = mask.Shape is [.. var front, 1] ? front : mask.Shape;
        int entityStride, pixelStride;
        if (shape is [var first, var rows, var columns] && rows == height && columns == width)
        {
            (entities, entityStride, pixelStride) = (first, height * width, 1);
        }
        else if (shape is [var top, var across, var third] && top == height && across == width)
        {
            (entities, entityStride, pixelStride) = (third, 1, third);
        }
        else
        {
            throw new InputException($"{path}, array 'mask': shape ({Text(mask.Shape)}) does not belong to an image of {height} x {width}; (K, {height}, {width}, 1) would.");
        }

        if (entities is < 1 or > 256)
        {
            throw new InputException($"{path}, array 'mask': {entities} masks, but 1 to 256 are needed.");
        }

        var values = mask.As<byte>();
        var labels = new byte[height * width];
        var best = new byte[height * width];
        for (var entity = 0; entity < entities; entity++)
        {
            for (var pixel = 0; pixel < labels.Length; pixel++)
            {
                var value = values[(entity * entityStride) + (pixel * pixelStride)];
                if (value > best[pixel])
                {
                    (best[pixel], labels[pixel]) = (value, (byte)entity);
                }
            }
        }

        return labels;
    }

    private static List<ObjectMetadata> ReadObjects(NumpyArchive archive, bool[] visible)
    {
        var objects = new List<Dictionary<string, string>>();
        for (var label = 1; label <= Array.LastIndexOf(visible, true); label++)
        {
            objects.Add(new Dictionary<string, string>(StringComparer.Ordinal));
        }

        foreach (var name in archive.Names)
        {
            if (name is not ("image" or "mask" or "visibility") && TryRead(archive, name) is { } feature && feature.Shape is [var entries, ..] && entries == visible.Length)
            {
                var values = feature.ToDoubles();
                var width = values.Length / entries;
                for (var i = 0; i < objects.Count; i++)
                {
                    objects[i][name] = string.Join(' ', values.AsSpan((i + 1) * width, width).ToArray().Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
                }
            }
        }

        return objects.ConvertAll(one => new ObjectMetadata(one));
    }

    private static NumpyArray? TryRead(NumpyArchive archive, string name)
    {
        try
        {
            return archive.Read(name);
        }
        catch (InputException)
        {
            // A feature of a type that is not read here (text, objects) takes nothing away from image and masks.
            return null;
        }
    }

    private static string Text(int[] shape) => string.Join(", ", shape);
}
