namespace Scenograph.Data;

/// <summary>What can be read off a label map [H, W]: 0 background, 1.. objects.</summary>
public static class LabelMap
{
    /// <returns>Which of the labels 0 .. <paramref name="count"/> − 1 have at least one pixel.</returns>
    public static bool[] Present(ReadOnlySpan<byte> labels, int count)
    {
        var present = new bool[count];
        foreach (var label in labels)
        {
            if (label < count)
            {
                present[label] = true;
            }
        }

        return present;
    }

    /// <summary>The greatest label; 0 for a map of background only.</summary>
    public static int Maximum(ReadOnlySpan<byte> labels)
    {
        byte maximum = 0;
        foreach (var label in labels)
        {
            maximum = Math.Max(maximum, label);
        }

        return maximum;
    }
}
