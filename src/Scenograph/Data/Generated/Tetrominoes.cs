using System.Globalization;

namespace Scenograph.Data.Generated;

/// <summary>
/// 35 × 35 scenes of three tetrominoes (or another number) that do not overlap, on black, after the data set of Kabra et al. (multi_object_datasets, 2019):
/// cells of 5 × 5 pixels at any pixel offset, six colours drawn independently. Scene i is drawn anew by each <see cref="Read"/>.
/// </summary>
public sealed class Tetrominoes : IDataSet
{
    private const int Size = 35;
    private const int Cell = 5;

    private static readonly (string Name, Rgb Color)[] Colors =
    [
        ("red", new Rgb(1, 0, 0)), ("green", new Rgb(0, 1, 0)), ("blue", new Rgb(0, 0, 1)),
        ("yellow", new Rgb(1, 1, 0)), ("magenta", new Rgb(1, 0, 1)), ("cyan", new Rgb(0, 1, 1)),
    ];

    private readonly TetrominoOptions options;
    private readonly Split split;
    private readonly long seed;

    /// <param name="options">How scenes look.</param>
    /// <param name="split">Splits share no random numbers.</param>
    /// <param name="count">Number of scenes, at least 1.</param>
    /// <param name="seed">Another seed, other scenes.</param>
    public Tetrominoes(TetrominoOptions options, Split split, int count, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        this.options = options;
        this.split = split;
        this.seed = seed;
        Count = count;
    }

    /// <inheritdoc/>
    public string Name => "tetrominoes";

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int Channels => 3;

    /// <inheritdoc/>
    public int Height => Size;

    /// <inheritdoc/>
    public int Width => Size;

    /// <inheritdoc/>
    public int MaskCount => options.Pieces + 1;

    /// <summary>Draws scene <paramref name="index"/>. Metadata of each piece: shape (I, O, T, S, Z, J, L), color (name), x and y (left and top of its box, pixels).</summary>
    public Sample Read(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var random = new SceneRandom(seed, (int)split, index);
        var image = new float[3 * Size * Size];
        var labels = new byte[Size * Size];
        var objects = new List<ObjectMetadata>(options.Pieces);
        // Where the pieces happen to leave no room for another, the scene is begun anew.
        for (var tries = 0; objects.Count < options.Pieces; tries++)
        {
            if (tries == 100)
            {
                tries = 0;
                objects.Clear();
                Array.Clear(labels);
                Array.Clear(image);
            }

            var piece = TetrominoPieces.All[options.Straight ? random.Below(19) : 2 + random.Below(17)];
            var x = random.Below(Size - (Cell * piece.Cells.Max(cell => cell.Column)) - Cell + 1);
            var y = random.Below(Size - (Cell * piece.Cells.Max(cell => cell.Row)) - Cell + 1);
            if (!IsFree(piece.Cells, x, y, labels))
            {
                continue;
            }

            var color = Colors[random.Below(Colors.Length)];
            foreach (var (row, column) in piece.Cells)
            {
                Paint(y + (row * Cell), x + (column * Cell), color.Color, (byte)(objects.Count + 1), image, labels);
            }

            objects.Add(new ObjectMetadata(new Dictionary<string, string>
            {
                ["shape"] = piece.Name,
                ["color"] = color.Name,
                ["x"] = x.ToString(CultureInfo.InvariantCulture),
                ["y"] = y.ToString(CultureInfo.InvariantCulture),
            }));
        }

        return new Sample
        {
            Index = index,
            Channels = 3,
            Height = Size,
            Width = Size,
            Image = image,
            Labels = labels,
            Visible = LabelMap.Present(labels, MaskCount),
            Metadata = new SceneMetadata(null, objects),
        };
    }

    private static bool IsFree((int Row, int Column)[] cells, int x, int y, byte[] labels)
    {
        foreach (var (row, column) in cells)
        {
            for (var i = 0; i < Cell * Cell; i++)
            {
                if (labels[((y + (row * Cell) + (i / Cell)) * Size) + x + (column * Cell) + (i % Cell)] != 0)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private void Paint(int top, int left, Rgb color, byte label, float[] image, byte[] labels)
    {
        for (var row = 0; row < Cell; row++)
        {
            for (var column = 0; column < Cell; column++)
            {
                var pixel = ((top + row) * Size) + left + column;
                var value = PixelValues.ToFloat(options.Bevel ? Shade(row, column) : byte.MaxValue);
                labels[pixel] = label;
                for (var channel = 0; channel < 3; channel++)
                {
                    image[(channel * Size * Size) + pixel] = value * (float)color[channel];
                }
            }
        }
    }

    // Brightness of the published images' cells: lit from above and from the right.
    private static byte Shade(int row, int column) => (row, column) switch
    {
        (0, 0) => 191,
        (0, Cell - 1) => 223,
        (0, _) => 255,
        (Cell - 1, 0) => 95,
        (Cell - 1, Cell - 1) => 127,
        (Cell - 1, _) => 64,
        (_, 0) => 127,
        (_, Cell - 1) => 191,
        _ => 159,
    };
}
