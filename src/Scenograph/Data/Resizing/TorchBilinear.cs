namespace Scenograph.Data.Resizing;

/// <summary>
/// Bilinear interpolation as <c>torch.nn.functional.interpolate(mode="bilinear", align_corners=False, antialias=False)</c>: half-pixel
/// centres, two neighbours on each axis whatever the scale. CLEVR is resized so in the ClevrTex benchmark.
/// </summary>
public static class TorchBilinear
{
    /// <param name="planes">[C, <paramref name="height"/>, <paramref name="width"/>]</param>
    /// <param name="channels">C</param>
    /// <param name="height">Rows of the source.</param>
    /// <param name="width">Columns of the source.</param>
    /// <param name="newHeight">Rows of the result, at least 1.</param>
    /// <param name="newWidth">Columns of the result, at least 1.</param>
    /// <returns>[C, <paramref name="newHeight"/>, <paramref name="newWidth"/>]</returns>
    public static float[] Resize(ReadOnlySpan<float> planes, int channels, int height, int width, int newHeight, int newWidth)
    {
        var rows = Neighbours(height, newHeight);
        var columns = Neighbours(width, newWidth);
        var result = new float[channels * newHeight * newWidth];
        for (var channel = 0; channel < channels; channel++)
        {
            var source = planes.Slice(channel * height * width, height * width);
            var target = result.AsSpan(channel * newHeight * newWidth, newHeight * newWidth);
            for (var y = 0; y < newHeight; y++)
            {
                var (top, bottom, down) = rows[y];
                var upper = source.Slice(top * width, width);
                var lower = source.Slice(bottom * width, width);
                for (var x = 0; x < newWidth; x++)
                {
                    var (left, right, across) = columns[x];
                    target[(y * newWidth) + x] =
                        ((1 - down) * (((1 - across) * upper[left]) + (across * upper[right]))) +
                        (down * (((1 - across) * lower[left]) + (across * lower[right])));
                }
            }
        }

        return result;
    }

    // In float32, as libtorch computes them.
    private static (int First, int Second, float Share)[] Neighbours(int size, int newSize)
    {
        var scale = (float)size / newSize;
        var neighbours = new (int, int, float)[newSize];
        for (var i = 0; i < newSize; i++)
        {
            var source = Math.Max(0, (scale * (i + 0.5f)) - 0.5f);
            var first = Math.Min((int)source, size - 1);
            neighbours[i] = (first, Math.Min(first + 1, size - 1), Math.Clamp(source - first, 0, 1));
        }

        return neighbours;
    }
}
