namespace Scenograph.Tests.Learning;

/// <summary>
/// Digits of seven strokes, each turned, sheared, stretched and moved a little, as IDX files in MNIST's form: as many of each class, always the same.
/// What MNIST is to a model of digits, small enough for every machine.
/// </summary>
internal static class WrittenDigits
{
    private const int Side = 28;
    private const double HalfStroke = 2.2; // pixels
    private const double Edge = 2;         // pixels from white to black

    // Strokes of each digit: top, upper right, lower right, bottom, lower left, upper left, middle.
    private static readonly string[] Strokes = ["012345", "12", "01643", "01236", "5612", "05623", "056234", "012", "0123456", "012356"];

    // From (x, y) to (x, y) in pixels from the middle, y downwards.
    private static readonly (double X0, double Y0, double X1, double Y1)[] Lines =
    [
        (-4, -8, 4, -8), (4, -8, 4, 0), (4, 0, 4, 8), (-4, 8, 4, 8), (-4, 0, -4, 8), (-4, -8, -4, 0), (-4, 0, 4, 0),
    ];

    /// <param name="folder">Gets <c>mnist/train-*</c>.</param>
    /// <param name="count">Pictures.</param>
    public static void Write(TemporaryFolder folder, int count)
    {
        var random = new Random(5);
        var pixels = new byte[count * Side * Side];
        var classes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            classes[i] = (byte)(i % 10);
            Draw(pixels.AsSpan(i * Side * Side, Side * Side), classes[i], random);
        }
        folder.Write("mnist/train-images-idx3-ubyte.gz", DigitFiles.Zip(DigitFiles.Idx(pixels, count, Side, Side)));
        folder.Write("mnist/train-labels-idx1-ubyte", DigitFiles.Idx(classes, count));
    }

    private static void Draw(Span<byte> pixels, int digit, Random random)
    {
        double Between(double low, double high) => low + (high - low) * random.NextDouble();
        var (turn, shear, width, height) = (Between(-0.15, 0.15), Between(-0.2, 0.2), Between(0.85, 1.2), Between(0.9, 1.15));
        var (right, down) = (Between(-1.5, 1.5), Between(-1.5, 1.5));
        (double X, double Y) Moved(double x, double y)
        {
            (x, y) = (width * x + shear * y, height * y);
            return (Math.Cos(turn) * x - Math.Sin(turn) * y + right, Math.Sin(turn) * x + Math.Cos(turn) * y + down);
        }
        for (var row = 0; row < Side; row++)
        {
            for (var column = 0; column < Side; column++)
            {
                var nearest = double.PositiveInfinity;
                foreach (var stroke in Strokes[digit])
                {
                    var (x0, y0, x1, y1) = Lines[stroke - '0'];
                    nearest = Math.Min(nearest, Distance(column - (Side - 1) / 2.0, row - (Side - 1) / 2.0, Moved(x0, y0), Moved(x1, y1)));
                }
                pixels[row * Side + column] = (byte)(255 * Math.Clamp(0.5 + (HalfStroke - nearest) / Edge, 0, 1));
            }
        }
    }

    /// <summary>From a point to a line between two others.</summary>
    private static double Distance(double x, double y, (double X, double Y) from, (double X, double Y) to)
    {
        var (dx, dy) = (to.X - from.X, to.Y - from.Y);
        var along = Math.Clamp(((x - from.X) * dx + (y - from.Y) * dy) / (dx * dx + dy * dy), 0, 1);
        return Math.Sqrt(Math.Pow(x - from.X - along * dx, 2) + Math.Pow(y - from.Y - along * dy, 2));
    }
}
