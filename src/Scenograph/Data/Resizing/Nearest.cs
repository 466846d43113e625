namespace Scenograph.Data.Resizing;

/// <summary>Nearest neighbour, for label maps, in the two conventions that differ by half a pixel.</summary>
public static class Nearest
{
    /// <summary>Source pixel floor(i · scale), as torch's <c>mode="nearest"</c>.</summary>
    /// <param name="labels">[<paramref name="height"/>, <paramref name="width"/>]</param>
    /// <param name="height">Rows of the source.</param>
    /// <param name="width">Columns of the source.</param>
    /// <param name="newHeight">Rows of the result, at least 1.</param>
    /// <param name="newWidth">Columns of the result, at least 1.</param>
    /// <returns>[<paramref name="newHeight"/>, <paramref name="newWidth"/>]</returns>
    public static byte[] Torch(ReadOnlySpan<byte> labels, int height, int width, int newHeight, int newWidth) =>
        Pick(labels, width, TorchSources(height, newHeight), TorchSources(width, newWidth));

    /// <summary>Source pixel floor((i + ½) · scale), as Pillow's <c>NEAREST</c>.</summary>
    /// <inheritdoc cref="Torch"/>
    public static byte[] Pillow(ReadOnlySpan<byte> labels, int height, int width, int newHeight, int newWidth) =>
        Pick(labels, width, PillowSources(height, newHeight), PillowSources(width, newWidth));

    private static byte[] Pick(ReadOnlySpan<byte> labels, int width, int[] rows, int[] columns)
    {
        var result = new byte[rows.Length * columns.Length];
        for (var y = 0; y < rows.Length; y++)
        {
            var source = labels.Slice(rows[y] * width, width);
            var target = result.AsSpan(y * columns.Length, columns.Length);
            for (var x = 0; x < columns.Length; x++)
            {
                target[x] = source[columns[x]];
            }
        }

        return result;
    }

    private static int[] TorchSources(int size, int newSize)
    {
        var scale = (float)size / newSize;
        return Sources(size, newSize, i => (int)(i * scale));
    }

    private static int[] PillowSources(int size, int newSize)
    {
        var scale = (double)size / newSize;
        return Sources(size, newSize, i => (int)((i + 0.5) * scale));
    }

    private static int[] Sources(int size, int newSize, Func<int, int> source)
    {
        var sources = new int[newSize];
        for (var i = 0; i < newSize; i++)
        {
            sources[i] = Math.Min(source(i), size - 1);
        }

        return sources;
    }
}
