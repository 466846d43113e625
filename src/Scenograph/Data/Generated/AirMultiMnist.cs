using System.Globalization;
using Scenograph.Data.Formats;
using Scenograph.Torch;

namespace Scenograph.Data.Generated;

/// <summary>
/// MultiMNIST of StrImaDec: no, one or two digits of MNIST on a canvas of 64 × 64, equally often (Borea, "Structured Image Decompositions using
/// Unsupervised Object-Centric Learning", 2021; after Eslami et al. 2016). Which digits, how many and where is drawn by numpy's old
/// generator, so that the training scenes are those of the original. Two digits are at least 14 rows and 14 columns apart; where their corners
/// meet, ink is added and may exceed 1.
/// </summary>
public sealed class AirMultiMnist : IDataSet
{
    /// <summary>Height and width of a scene in pixels.</summary>
    public const int Size = 64;

    private const int DigitSize = 28;
    private const int Half = DigitSize / 2;
    private const int Places = Size - DigitSize;
    private const float CoverThreshold = 0.1f;

    // In MNIST's order within a class, one class after another.
    private static readonly byte[] SimplifiedClasses = [2, 6, 9];

    private readonly AirMultiMnistOptions options;
    private readonly MnistFiles digits;
    private readonly int[] digitOf;
    private readonly Draws draws;

    /// <param name="options">Variants.</param>
    /// <param name="split">Training scenes are made of <paramref name="digits"/> = MNIST's training file, others of its test file.</param>
    /// <param name="digits">28 × 28.</param>
    /// <param name="count">Number of scenes; null: 20,000 for training (simplified 10,000), else 2,000.</param>
    /// <exception cref="InputException">An option is out of its range, or the digits do not fit.</exception>
    public AirMultiMnist(AirMultiMnistOptions options, Split split, MnistFiles digits, int? count = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(digits);
        options.Check();
        if (digits.Height != DigitSize || digits.Width != DigitSize)
        {
            throw new InputException($"air_multi_mnist: the digits are {digits.Height} x {digits.Width} pixels, but must be {DigitSize} x {DigitSize}.");
        }

        this.options = options;
        this.digits = digits;
        digitOf = options.Simplified
            ? [.. SimplifiedClasses.SelectMany(one => Enumerable.Range(0, digits.Count).Where(index => digits.Classes[index] == one))]
            : [.. Enumerable.Range(0, digits.Count)];
        if (digitOf.Length == 0)
        {
            throw new InputException("air_multi_mnist:simplified: the files hold no digit 2, 6 or 9.");
        }

        Count = count ?? (split == Split.Train ? (options.Simplified ? 10_000 : 20_000) : 2_000);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Count, nameof(count));
        draws = Draws.Make((uint)(options.Seed + (int)split), Count, digitOf.Length, options.Diagonal);
        Classes = options.Simplified ? ["2", "6", "9"] : ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    }

    /// <inheritdoc/>
    public string Name => "air_multi_mnist";

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int Channels => 1;

    /// <inheritdoc/>
    public int Height => Size;

    /// <inheritdoc/>
    public int Width => Size;

    /// <inheritdoc/>
    public int MaskCount => 3;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Composes scene <paramref name="index"/>. Metadata of each digit: class, and its box x, y, width, height on the canvas in pixels.</summary>
    public Sample Read(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var image = new float[Size * Size];
        var labels = new byte[Size * Size];
        var objects = new ObjectMetadata[draws.Counts[index]];
        for (var i = 0; i < objects.Length; i++)
        {
            var digit = digitOf[draws.Digits[(2 * index) + i]];
            var (left, top) = (draws.Centres[(4 * index) + (2 * i)] - Half, draws.Centres[(4 * index) + (2 * i) + 1] - Half);
            Paste(digits.Image(digit), left, top, (byte)(i + 1), image, labels);
            objects[i] = Describe(digits.Classes[digit], left, top);
        }

        return new Sample
        {
            Index = index,
            Channels = 1,
            Height = Size,
            Width = Size,
            Image = image,
            Labels = labels,
            Visible = LabelMap.Present(labels, MaskCount),
            Metadata = new SceneMetadata(null, objects),
        };
    }

    private void Paste(ReadOnlySpan<byte> ink, int left, int top, byte label, float[] image, byte[] labels)
    {
        for (var i = 0; i < ink.Length; i++)
        {
            var pixel = ((top + (i / DigitSize)) * Size) + left + (i % DigitSize);
            var value = PixelValues.ToFloat(ink[i]);
            image[pixel] += value;
            if (options.BoxLabels || value > CoverThreshold)
            {
                labels[pixel] = label;
            }
        }
    }

    private static ObjectMetadata Describe(byte digitClass, int left, int top) => new(new Dictionary<string, string>
    {
        ["class"] = Text(digitClass),
        ["x"] = Text(left),
        ["y"] = Text(top),
        ["width"] = Text(DigitSize),
        ["height"] = Text(DigitSize),
    });

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>What was drawn for N scenes, in the original's order: digits, counts, places of the first digit, then the second digit's one by one.</summary>
    /// <param name="Digits">[N, 2], positions among the digits that may be chosen.</param>
    /// <param name="Counts">[N], 0 to 2.</param>
    /// <param name="FirstColumn">[N], what the first digit's column is.</param>
    /// <param name="SecondColumn">[N], what its row is, but in the original.</param>
    /// <param name="Centres">[N, 4]: column and row of the first centre and of the second, pixels; −1 where there is no such digit.</param>
    public sealed record Draws(int[] Digits, int[] Counts, int[] FirstColumn, int[] SecondColumn, int[] Centres)
    {
        /// <param name="seed">Of RandomState.</param>
        /// <param name="count">N</param>
        /// <param name="choices">Number of digits that may be chosen.</param>
        /// <param name="diagonal">The first digit's row is its column.</param>
        public static Draws Make(uint seed, int count, int choices, bool diagonal)
        {
            var random = new NumpyRandom(seed);
            var digits = random.Below(choices, 2 * count);
            var counts = random.Below(3, count);
            var places = random.Below(Places, 2 * count);
            var (first, second, centres) = (new int[count], new int[count], new int[4 * count]);
            Array.Fill(centres, -1);
            for (var i = 0; i < count; i++)
            {
                (first[i], second[i]) = (Half + places[2 * i], Half + places[(2 * i) + 1]);
                if (counts[i] == 0)
                {
                    continue;
                }

                var (column, row) = (first[i], diagonal ? first[i] : second[i]);
                (centres[4 * i], centres[(4 * i) + 1]) = (column, row);
                if (counts[i] == 2)
                {
                    centres[(4 * i) + 2] = AwayFrom(column, random);
                    centres[(4 * i) + 3] = AwayFrom(row, random);
                }
            }

            return new Draws(digits, counts, first, second, centres);
        }

        private static int AwayFrom(int taken, NumpyRandom random)
        {
            int[] free = [.. Enumerable.Range(Half, Places).Where(place => place < taken - Half || place >= taken + Half)];
            return free[random.Below(free.Length)];
        }
    }
}
