using System.Text;
using Scenograph.Data.Formats;

namespace Scenograph.Tests.Golden.Harness;

/// <summary>Weights and inputs as a formula of seed, name and index (the golden folder's fill.py), so that only results are stored.</summary>
public static class Fill
{
    /// <summary>u(name, i) in [0, 1) for every element; 24 bits, so exact in float32.</summary>
    public static HostArray Uniform(string name, int[] shape, long seed)
    {
        var values = new double[HostArray.Size(shape)];
        unchecked
        {
            var key = (uint)(Crc32.Compute(Encoding.UTF8.GetBytes(name)) + 2654435761UL * (ulong)seed);
            for (var i = 0; i < values.Length; i++)
            {
                // splitmix64
                var x = (((ulong)key << 32) | (uint)i) + 0x9E3779B97F4A7C15UL;
                x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
                x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
                x ^= x >> 31;
                values[i] = (x >> 40) / (double)(1 << 24);
            }
        }

        return new HostArray(values, shape);
    }

    /// <summary>The value of one state-dict entry by its name and rank, rounded to float32.</summary>
    public static HostArray Parameter(string name, int[] shape, long seed)
    {
        if (name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
        {
            return HostArray.Full(0, shape);
        }

        var u = Uniform(name, shape, seed);
        if (name.EndsWith("running_var", StringComparison.Ordinal))
        {
            return u.Select(value => (float)(1 + 0.5 * value));
        }

        if (shape.Length >= 2)
        {
            var bound = Math.Sqrt(3.0 / ((double)u.Count / shape[0]));
            return u.Select(value => (float)((2 * value - 1) * bound));
        }

        return name.EndsWith("weight", StringComparison.Ordinal)
            ? u.Select(value => (float)(1 + 0.1 * (2 * value - 1)))
            : u.Select(value => (float)(0.1 * (2 * value - 1)));
    }
}
