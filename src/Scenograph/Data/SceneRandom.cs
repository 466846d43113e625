namespace Scenograph.Data;

/// <summary>
/// Random numbers that depend on nothing but the integers that name them, so that scene i of a set is the same whichever thread
/// draws it and whatever was drawn before. SplitMix64 (Steele, Lea, Flood, 2014) started from a hash of the names.
/// </summary>
public sealed class SceneRandom
{
    private ulong state;

    /// <param name="names">E.g. seed, split, index: the same names, the same numbers.</param>
    public SceneRandom(params ReadOnlySpan<long> names)
    {
        state = 0x5CE906A9_1D2B3C4FUL;
        foreach (var name in names)
        {
            state = Mix(state + (ulong)name);
        }
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => Mix(state += 0x9E3779B97F4A7C15UL);

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public double Between(double low, double high) => low + ((high - low) * NextDouble());

    /// <summary>Uniform over the integers 0 .. <paramref name="count"/> − 1.</summary>
    /// <param name="count">At least 1.</param>
    public int Below(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        // The high half of a 64 x 32 bit product: the bias is below 2^-32, far under what any statistic of a data set shows.
        return (int)(((NextBits() >> 32) * (ulong)count) >> 32);
    }

    /// <summary>Puts the items into a uniformly random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = Below(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    /// <summary>0 .. <paramref name="count"/> − 1 in a random order.</summary>
    public int[] Permutation(int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            order[i] = i;
        }

        Shuffle(order.AsSpan());
        return order;
    }

    private static ulong Mix(ulong bits)
    {
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9UL;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBUL;
        return bits ^ (bits >> 31);
    }
}
