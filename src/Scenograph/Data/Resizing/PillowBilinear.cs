namespace Scenograph.Data.Resizing;

/// <summary>
/// Bilinear resizing as Pillow's <c>Image.resize(BILINEAR)</c> does it on 8-bit images: a triangle filter that widens with the scale (antialiased),
/// weights in fixed point with 22 bits, rows first, each pass rounded to bytes. ClevrTex is resized so in its benchmark.
/// </summary>
public static class PillowBilinear
{
    private const int PrecisionBits = 22;

    /// <param name="pixels">[<paramref name="height"/>, <paramref name="width"/>, C]</param>
    /// <param name="channels">C</param>
    /// <param name="height">Rows of the source.</param>
    /// <param name="width">Columns of the source.</param>
    /// <param name="newHeight">Rows of the result, at least 1.</param>
    /// <param name="newWidth">Columns of the result, at least 1.</param>
    /// <returns>[<paramref name="newHeight"/>, <paramref name="newWidth"/>, C]</returns>
    public static byte[] Resize(ReadOnlySpan<byte> pixels, int channels, int height, int width, int newHeight, int newWidth)
    {
        // Each pass filters along one axis of [outer, size, inner].
        var narrow = width == newWidth ? pixels.ToArray() : FilterAxis(pixels, height, width, channels, newWidth);
        return height == newHeight ? narrow : FilterAxis(narrow, 1, height, newWidth * channels, newHeight);
    }

    private static byte[] FilterAxis(ReadOnlySpan<byte> source, int outer, int size, int inner, int newSize)
    {
        var taps = Taps(size, newSize);
        var result = new byte[outer * newSize * inner];
        for (var block = 0; block < outer; block++)
        {
            for (var i = 0; i < newSize; i++)
            {
                var (first, weights) = taps[i];
                var target = result.AsSpan(((block * newSize) + i) * inner, inner);
                for (var offset = 0; offset < inner; offset++)
                {
                    var sum = 1 << (PrecisionBits - 1);
                    var position = (((block * size) + first) * inner) + offset;
                    foreach (var weight in weights)
                    {
                        sum += source[position] * weight;
                        position += inner;
                    }

                    target[offset] = (byte)Math.Clamp(sum >> PrecisionBits, 0, 255);
                }
            }
        }

        return result;
    }

    private static (int First, int[] Weights)[] Taps(int size, int newSize)
    {
        var scale = (double)size / newSize;
        var stretch = Math.Max(scale, 1);
        var taps = new (int, int[])[newSize];
        for (var i = 0; i < newSize; i++)
        {
            var centre = (i + 0.5) * scale;
            var first = Math.Max(0, (int)(centre - stretch + 0.5));
            var end = Math.Min(size, (int)(centre + stretch + 0.5));
            var weights = new double[end - first];
            for (var tap = 0; tap < weights.Length; tap++)
            {
                weights[tap] = Math.Max(0, 1 - Math.Abs((tap + first - centre + 0.5) / stretch));
            }

            var sum = weights.Sum();
            taps[i] = (first, Array.ConvertAll(weights, weight => (int)(0.5 + (weight / sum * (1 << PrecisionBits)))));
        }

        return taps;
    }
}
