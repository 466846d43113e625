namespace Scenograph.Data.Resizing;

/// <summary>Shrinking by a whole factor, block by block.</summary>
internal static class BlockScaling
{
    /// <summary>Each result is the mean of its block, rounded.</summary>
    /// <param name="planes">[C, <paramref name="size"/>, <paramref name="size"/>]</param>
    /// <param name="channels">C</param>
    /// <param name="size">A multiple of <paramref name="factor"/>.</param>
    /// <param name="factor">Rows and columns of a block.</param>
    public static byte[] Average(ReadOnlySpan<byte> planes, int channels, int size, int factor)
    {
        var small = size / factor;
        var result = new byte[channels * small * small];
        for (var i = 0; i < result.Length; i++)
        {
            var start = (((i / small) * size) + (i % small)) * factor;
            var sum = 0;
            for (var row = 0; row < factor; row++)
            {
                foreach (var value in planes.Slice(start + (row * size), factor))
                {
                    sum += value;
                }
            }

            result[i] = (byte)((sum + (factor * factor / 2)) / (factor * factor));
        }

        return result;
    }

    /// <summary>Each result is the label that most pixels of its block have; among equals the greatest, so that thin strokes stay.</summary>
    /// <param name="labels">[<paramref name="size"/>, <paramref name="size"/>]</param>
    /// <param name="size">A multiple of <paramref name="factor"/>.</param>
    /// <param name="factor">Rows and columns of a block.</param>
    public static byte[] Majority(ReadOnlySpan<byte> labels, int size, int factor)
    {
        var small = size / factor;
        var result = new byte[small * small];
        Span<int> votes = stackalloc int[byte.MaxValue + 1];
        for (var i = 0; i < result.Length; i++)
        {
            votes.Clear();
            var start = (((i / small) * size) + (i % small)) * factor;
            var winner = 0;
            for (var row = 0; row < factor; row++)
            {
                foreach (var label in labels.Slice(start + (row * size), factor))
                {
                    votes[label]++;
                    if (votes[label] > votes[winner] || (votes[label] == votes[winner] && label > winner))
                    {
                        winner = label;
                    }
                }
            }

            result[i] = (byte)winner;
        }

        return result;
    }
}
