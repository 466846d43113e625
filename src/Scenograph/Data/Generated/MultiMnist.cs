using System.Collections.Concurrent;
using System.Globalization;
using Scenograph.Data.Formats;
using Scenograph.Data.Labelled;
using Scenograph.Data.Resizing;
using Scenograph.Torch;

namespace Scenograph.Data.Generated;

/// <summary>
/// Scenes of three handwritten digits (van Steenkiste et al., "Investigating object compositionality in generative adversarial networks",
/// arXiv 1810.10340), composed anew by each <see cref="Read"/> from MNIST, with what the published files lack: masks after occlusion,
/// boxes, classes and depth order. Label i is the i-th digit drawn; the last one is the nearest.
/// </summary>
public sealed class MultiMnist : IDataSet
{
    /// <summary>Digits that a batch of scenes is drawn from, and scenes of a batch.</summary>
    public const int BatchSize = 100;

    private const int SourceSize = 28;

    // A digit covers what is behind it where its ink exceeds this; equal to the threshold of the model's implicit_alpha.
    private const float CoverThreshold = 0.1f;

    private static readonly (string Name, int Channel)[] Colors = [("red", 0), ("green", 1), ("blue", 2)];

    private readonly MultiMnistOptions options;
    private readonly MnistFiles digits;
    private readonly Cifar10Files? backgrounds;
    private readonly int first;
    private readonly int available;
    private readonly long seed;
    private readonly ConcurrentDictionary<int, int[]> orders = new();

    /// <param name="options">Variant and sizes.</param>
    /// <param name="split">Train and validation take disjoint parts of MNIST's training file, test its test file.</param>
    /// <param name="mnistFolder">Holds the four IDX files, plain or gzip.</param>
    /// <param name="count">Number of scenes; null: 60,000 for training, else 10,000.</param>
    /// <param name="cifarFolder">Holds CIFAR-10's binary version; needed by <see cref="MultiMnistVariant.RgbOccludedCifar10"/> alone.</param>
    /// <exception cref="InputException">An option is out of its range, or a file is missing or broken.</exception>
    public MultiMnist(MultiMnistOptions options, Split split, string mnistFolder, int? count = null, string? cifarFolder = null)
        : this(options, split, MnistFiles.Read(mnistFolder, test: split == Split.Test), count, ReadBackgrounds(options, split, cifarFolder))
    {
    }

    /// <param name="options">Variant and sizes.</param>
    /// <param name="split">Which part of <paramref name="digits"/> is used.</param>
    /// <param name="digits">MNIST's training file, or its test file for the test split.</param>
    /// <param name="count">Number of scenes; null: 60,000 for training, else 10,000.</param>
    /// <param name="backgrounds">CIFAR-10, training or test as the split.</param>
    /// <exception cref="InputException">An option is out of its range, or there are too few digits.</exception>
    public MultiMnist(MultiMnistOptions options, Split split, MnistFiles digits, int? count = null, Cifar10Files? backgrounds = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(digits);
        options.Check();
        if (digits.Height != SourceSize || digits.Width != SourceSize)
        {
            throw new InputException($"multi_mnist: the digits are {digits.Height} x {digits.Width} pixels, but must be {SourceSize} x {SourceSize}.");
        }

        this.options = options;
        this.digits = digits;
        this.backgrounds = backgrounds;
        (first, available) = split switch
        {
            Split.Train => (0, Math.Min(options.TrainDigits, digits.Count)),
            Split.Validation => (Math.Max(0, digits.Count - options.ValidationDigits), Math.Min(options.ValidationDigits, digits.Count)),
            _ => (0, digits.Count),
        };
        seed = options.Seed + (long)split;
        Count = count ?? (split == Split.Train ? 60_000 : 10_000);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Count, nameof(count));
        if (options.Variant == MultiMnistVariant.RgbOccludedCifar10 && backgrounds is null)
        {
            throw new InputException("multi_mnist:rgb_occluded_cifar10 needs the binary version of CIFAR-10 (cifar-10-batches-bin/data_batch_1.bin ... test_batch.bin).");
        }
    }

    /// <inheritdoc/>
    public string Name => "multi_mnist";

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int Channels => IsColored ? 3 : 1;

    /// <inheritdoc/>
    public int Height => options.OutputSize ?? options.Size;

    /// <inheritdoc/>
    public int Width => Height;

    /// <inheritdoc/>
    public int MaskCount => options.Digits + 1;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => LabelledImages.Numbers(10);

    private bool IsColored => options.Variant is MultiMnistVariant.RgbOccluded or MultiMnistVariant.RgbOccludedCifar10;

    /// <summary>Composes scene <paramref name="index"/>. Metadata of each digit: class, color (RGB variants), x, y, width, height (its box on the canvas before occlusion, pixels of the finished image), depth (0 nearest).</summary>
    public Sample Read(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var random = new SceneRandom(seed, 1, index);
        var chosen = ChooseDigits(index / BatchSize, random);
        var size = options.Size;
        var canvas = new byte[Channels * size * size];
        var labels = new byte[size * size];
        if (backgrounds is not null && options.Variant == MultiMnistVariant.RgbOccludedCifar10)
        {
            PaintBackground(backgrounds.Image(random.Below(backgrounds.Count)), canvas);
        }

        var colors = random.Permutation(Colors.Length);
        var objects = new List<ObjectMetadata>(chosen.Length);
        for (var i = 0; i < chosen.Length; i++)
        {
            var x = random.Below(size - options.DigitSize + 1);
            var y = random.Below(size - options.DigitSize + 1);
            var ink = Ink(chosen[i]);
            if (IsColored)
            {
                PaintOver(ink, x, y, Colors[colors[i]].Channel, canvas);
            }
            else
            {
                Add(ink, x, y, canvas);
            }

            var box = Label(ink, x, y, (byte)(i + 1), labels);
            objects.Add(Describe(digits.Classes[chosen[i]], IsColored ? Colors[colors[i]].Name : null, box, chosen.Length - 1 - i));
        }

        var output = Height;
        var smallLabels = output == size ? labels : BlockScaling.Majority(labels, size, size / output);
        var smallCanvas = output == size ? canvas : BlockScaling.Average(canvas, Channels, size, size / output);
        return new Sample
        {
            Index = index,
            Channels = Channels,
            Height = output,
            Width = output,
            Image = Array.ConvertAll(smallCanvas, PixelValues.ToFloat),
            Labels = smallLabels,
            Visible = LabelMap.Present(smallLabels, MaskCount),
            Metadata = new SceneMetadata(null, objects),
        };
    }

    private static Cifar10Files? ReadBackgrounds(MultiMnistOptions options, Split split, string? folder) =>
        folder is not null && options.Variant == MultiMnistVariant.RgbOccludedCifar10 ? Cifar10Files.Read(folder, split == Split.Test) : null;

    /// <summary>Positions in <see cref="digits"/> of the scene's digits, drawn from the batch of 100 that scenes 100 b to 100 b + 99 share.</summary>
    private int[] ChooseDigits(int batch, SceneRandom random)
    {
        var chosen = new int[options.Digits];
        if (options.Variant != MultiMnistVariant.Triplet)
        {
            for (var i = 0; i < chosen.Length; i++)
            {
                chosen[i] = BatchDigit(batch, random.Below(BatchSize));
            }

            return chosen;
        }

        var members = new List<int>[byte.MaxValue + 1];
        var present = new List<List<int>>();
        for (var i = 0; i < BatchSize; i++)
        {
            var digit = BatchDigit(batch, i);
            ref var ofClass = ref members[digits.Classes[digit]];
            if (ofClass is null)
            {
                ofClass = [];
                present.Add(ofClass);
            }

            ofClass.Add(digit);
        }

        var one = present[random.Below(present.Count)];
        for (var i = 0; i < chosen.Length; i++)
        {
            chosen[i] = one[random.Below(one.Count)];
        }

        return chosen;
    }

    /// <summary>Digits are dealt without replacement from the shuffled split, which is shuffled anew when it is used up.</summary>
    private int BatchDigit(int batch, int position)
    {
        var dealt = ((long)batch * BatchSize) + position;
        var order = orders.GetOrAdd((int)(dealt / available), round => new SceneRandom(seed, 2, round).Permutation(available));
        return first + order[dealt % available];
    }

    /// <returns>[DigitSize, DigitSize]</returns>
    private byte[] Ink(int digit)
    {
        var source = digits.Image(digit);
        if (options.DigitSize == SourceSize)
        {
            return source.ToArray();
        }

        var planes = PixelValues.ToPlanes(source, 1, 1);
        var resized = TorchBilinear.Resize(planes, 1, SourceSize, SourceSize, options.DigitSize, options.DigitSize);
        return PixelValues.ToPixels(resized, 1);
    }

    private static bool Covers(byte ink) => PixelValues.ToFloat(ink) > CoverThreshold;

    private void PaintOver(byte[] ink, int x, int y, int channel, byte[] canvas)
    {
        var area = options.Size * options.Size;
        for (var i = 0; i < ink.Length; i++)
        {
            if (Covers(ink[i]))
            {
                var pixel = Pixel(i, x, y);
                for (var plane = 0; plane < 3; plane++)
                {
                    canvas[(plane * area) + pixel] = plane == channel ? ink[i] : (byte)0;
                }
            }
        }
    }

    private void Add(byte[] ink, int x, int y, byte[] canvas)
    {
        for (var i = 0; i < ink.Length; i++)
        {
            ref var value = ref canvas[Pixel(i, x, y)];
            value = (byte)Math.Min(255, value + ink[i]);
        }
    }

    /// <returns>The digit's box on the canvas, hidden parts included.</returns>
    private (int Left, int Top, int Right, int Bottom) Label(byte[] ink, int x, int y, byte label, byte[] labels)
    {
        var (left, top, right, bottom) = (options.Size, options.Size, 0, 0);
        for (var i = 0; i < ink.Length; i++)
        {
            if (Covers(ink[i]))
            {
                labels[Pixel(i, x, y)] = label;
                var (column, row) = (x + (i % options.DigitSize), y + (i / options.DigitSize));
                (left, top) = (Math.Min(left, column), Math.Min(top, row));
                (right, bottom) = (Math.Max(right, column + 1), Math.Max(bottom, row + 1));
            }
        }

        return right > left ? (left, top, right, bottom) : (x, y, x, y);
    }

    private int Pixel(int inkPosition, int x, int y) =>
        ((y + (inkPosition / options.DigitSize)) * options.Size) + x + (inkPosition % options.DigitSize);

    // TensorFlow 1's bilinear enlargement by two: even pixels are copies, odd ones the mean of their neighbours, the last is repeated.
    private void PaintBackground(ReadOnlySpan<byte> image, byte[] canvas)
    {
        const int Source = Cifar10Files.Size;
        var size = options.Size;
        for (var plane = 0; plane < 3; plane++)
        {
            var source = image.Slice(plane * Source * Source, Source * Source);
            for (var y = 0; y < size; y++)
            {
                var (upper, lower) = (y / 2, Math.Min((y + 1) / 2, Source - 1));
                for (var x = 0; x < size; x++)
                {
                    var (left, right) = (x / 2, Math.Min((x + 1) / 2, Source - 1));
                    var sum = source[(upper * Source) + left] + source[(upper * Source) + right] + source[(lower * Source) + left] + source[(lower * Source) + right];
                    canvas[(((plane * size) + y) * size) + x] = (byte)((sum + 2) / 4);
                }
            }
        }
    }

    private ObjectMetadata Describe(byte digitClass, string? color, (int Left, int Top, int Right, int Bottom) box, int depth)
    {
        var scale = (double)Height / options.Size;
        var attributes = new Dictionary<string, string>
        {
            ["class"] = Text(digitClass),
            ["x"] = Text(box.Left * scale),
            ["y"] = Text(box.Top * scale),
            ["width"] = Text((box.Right - box.Left) * scale),
            ["height"] = Text((box.Bottom - box.Top) * scale),
            ["depth"] = Text(depth),
        };
        if (color is not null)
        {
            attributes["color"] = color;
        }

        return new ObjectMetadata(attributes);
    }

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
