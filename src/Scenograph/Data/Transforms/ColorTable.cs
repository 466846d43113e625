namespace Scenograph.Data.Transforms;

/// <summary>
/// The colours that specs replace by, the same in every run: numpy's <c>Generator(SFC64(3730728833043713873)).random((scenes, colours, 4))</c>.
/// SFC64 is Chris Doty-Humphrey's small fast chaotic generator; its state comes from numpy's SeedSequence.
/// </summary>
public sealed class ColorTable
{
    private const int Channels = 4;
    private const ulong Seed = 3730728833043713873;

    private readonly float[] values;
    private readonly int colors;

    /// <param name="scenes">Number of scenes.</param>
    /// <param name="colors">Colours of each.</param>
    public ColorTable(int scenes, int colors)
    {
        this.colors = colors;
        values = new float[checked(scenes * colors * Channels)];
        var generator = new Sfc64(Seed);
        foreach (ref var value in values.AsSpan())
        {
            value = (float)((generator.Next() >> 11) * (1.0 / (1UL << 53)));
        }
    }

    /// <returns>[0, 1)</returns>
    public float this[int scene, int color, int channel] => values[(((scene * colors) + color) * Channels) + channel];

    private sealed class Sfc64
    {
        private ulong a;
        private ulong b;
        private ulong c;
        private ulong counter = 1;

        public Sfc64(ulong seed)
        {
            var words = SeedSequence(seed, 6);
            a = words[0] | ((ulong)words[1] << 32);
            b = words[2] | ((ulong)words[3] << 32);
            c = words[4] | ((ulong)words[5] << 32);
            for (var i = 0; i < 12; i++)
            {
                Next();
            }
        }

        public ulong Next()
        {
            var result = a + b + counter++;
            a = b ^ (b >> 11);
            b = c + (c << 3);
            c = ulong.RotateLeft(c, 24) + result;
            return result;
        }

        // numpy.random.SeedSequence for an integer of two words: an entropy pool of four words, each mixed with all others.
        private static uint[] SeedSequence(ulong seed, int count)
        {
            uint[] pool = [(uint)seed, (uint)(seed >> 32), 0, 0];
            var factor = 0x43B0D7E5u;
            for (var i = 0; i < pool.Length; i++)
            {
                pool[i] = Hash(pool[i], ref factor, 0x931E8875u);
            }

            for (var from = 0; from < pool.Length; from++)
            {
                for (var to = 0; to < pool.Length; to++)
                {
                    if (from != to)
                    {
                        var mixed = (0xCA01F9DDu * pool[to]) - (0x4973F715u * Hash(pool[from], ref factor, 0x931E8875u));
                        pool[to] = mixed ^ (mixed >> 16);
                    }
                }
            }

            var words = new uint[count];
            factor = 0x8B51F9DDu;
            for (var i = 0; i < count; i++)
            {
                words[i] = Hash(pool[i % pool.Length], ref factor, 0x58F38DEDu);
            }

            return words;
        }

        private static uint Hash(uint value, ref uint factor, uint step)
        {
            value ^= factor;
            factor *= step;
            value *= factor;
            return value ^ (value >> 16);
        }
    }
}
