using System.Globalization;
using Scenograph.Data.Formats;
using Scenograph.Torch;

namespace Scenograph.Data.Labelled;

/// <summary>Grey pictures of one thing each, whose class is known: metadata has one object with the attribute <c>class</c>. No masks.</summary>
public sealed class LabelledImages : IDataSet
{
    private readonly MnistFiles files;
    private readonly int[] positions;
    private readonly SceneMetadata[] metadataOf;
    private readonly bool transposed;

    /// <param name="name">Name for logs and reports.</param>
    /// <param name="files">Images and labels.</param>
    /// <param name="classes">Name of each label, from label <paramref name="firstLabel"/> on.</param>
    /// <param name="firstLabel">The smallest label: 0, in EMNIST's letters 1.</param>
    /// <param name="only">Take pictures of these labels only, one label after another; null: all, in the files' order.</param>
    /// <param name="transposed">Exchange rows and columns.</param>
    /// <param name="path">The label file as messages call it.</param>
    /// <exception cref="InputException">A label is out of range, or no picture is left.</exception>
    public LabelledImages(string name, MnistFiles files, IReadOnlyList<string> classes, int firstLabel = 0, IReadOnlyList<int>? only = null, bool transposed = false, string? path = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(classes);
        this.files = files;
        this.transposed = transposed;
        Name = name;
        for (var i = 0; i < files.Count; i++)
        {
            if (files.Classes[i] < firstLabel || files.Classes[i] >= firstLabel + classes.Count)
            {
                throw new InputException($"{path ?? name}: label {i + 1} is {files.Classes[i]}, but {name} has the labels {firstLabel} to {firstLabel + classes.Count - 1}.");
            }
        }

        positions = only is null
            ? [.. Enumerable.Range(0, files.Count)]
            : [.. only.SelectMany(label => Enumerable.Range(0, files.Count).Where(index => files.Classes[index] == label))];
        if (positions.Length == 0)
        {
            throw new InputException($"{path ?? name}: no picture has one of the labels {string.Join(", ", only ?? [])}.");
        }

        Classes = only is null ? classes : [.. only.Select(label => classes[label - firstLabel])];
        metadataOf = new SceneMetadata[firstLabel + classes.Count];
        for (var label = firstLabel; label < metadataOf.Length; label++)
        {
            metadataOf[label] = new SceneMetadata(null, [new ObjectMetadata(new Dictionary<string, string> { ["class"] = classes[label - firstLabel] })]);
        }
    }

    /// <summary>The names 0, 1, .. of so many classes.</summary>
    public static IReadOnlyList<string> Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture))];

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => positions.Length;

    /// <inheritdoc/>
    public int Channels => 1;

    /// <inheritdoc/>
    public int Height => transposed ? files.Width : files.Height;

    /// <inheritdoc/>
    public int Width => transposed ? files.Height : files.Width;

    /// <inheritdoc/>
    public int MaskCount => 0;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public Sample Read(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var pixels = files.Image(positions[index]);
        var image = new float[pixels.Length];
        for (var i = 0; i < image.Length; i++)
        {
            image[i] = PixelValues.ToFloat(pixels[transposed ? (i % Width * files.Width) + (i / Width) : i]);
        }

        return new Sample
        {
            Index = index,
            Channels = 1,
            Height = Height,
            Width = Width,
            Image = image,
            Metadata = metadataOf[files.Classes[positions[index]]],
        };
    }
}
