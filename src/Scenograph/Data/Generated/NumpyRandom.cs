namespace Scenograph.Data.Generated;

/// <summary>
/// The integers of numpy's old generator, <c>numpy.random.RandomState(seed)</c>, for data sets that are defined by them: the Mersenne
/// twister MT19937 (Matsumoto and Nishimura 1998) and rejection under a mask.
/// </summary>
public sealed class NumpyRandom
{
    private const int Length = 624;
    private const int Middle = 397;

    private readonly uint[] state = new uint[Length];
    private int position = Length;

    /// <param name="seed">As given to RandomState.</param>
    public NumpyRandom(uint seed)
    {
        state[0] = seed;
        for (var i = 1; i < Length; i++)
        {
            state[i] = unchecked((1812433253u * (state[i - 1] ^ (state[i - 1] >> 30))) + (uint)i);
        }
    }

    /// <summary>The generator's next 32 bits.</summary>
    public uint NextBits()
    {
        if (position == Length)
        {
            Refill();
        }

        var bits = state[position++];
        bits ^= bits >> 11;
        bits ^= (bits << 7) & 0x9D2C5680u;
        bits ^= (bits << 15) & 0xEFC60000u;
        return bits ^ (bits >> 18);
    }

    /// <summary>Uniform over 0 .. <paramref name="count"/> − 1, as <c>randint(count)</c> draws it; no draw where count is 1.</summary>
    /// <param name="count">At least 1.</param>
    public int Below(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var largest = (uint)count - 1;
        if (largest == 0)
        {
            return 0;
        }

        var mask = uint.MaxValue >> System.Numerics.BitOperations.LeadingZeroCount(largest);
        uint value;
        do
        {
            value = NextBits() & mask;
        }
        while (value > largest);
        return (int)value;
    }

    /// <summary>So many at once, as <c>randint(count, size=length)</c>.</summary>
    public int[] Below(int count, int length)
    {
        var values = new int[length];
        for (var i = 0; i < length; i++)
        {
            values[i] = Below(count);
        }

        return values;
    }

    private void Refill()
    {
        for (var i = 0; i < Length; i++)
        {
            var bits = (state[i] & 0x80000000u) | (state[(i + 1) % Length] & 0x7FFFFFFFu);
            state[i] = state[(i + Middle) % Length] ^ (bits >> 1) ^ ((bits & 1) == 0 ? 0u : 0x9908B0DFu);
        }

        position = 0;
    }
}
