namespace Scenograph.Tests.Golden.Harness;

/// <summary>A row-major float64 array in host memory: the one currency between golden files, rules and models.</summary>
public sealed class HostArray
{
    /// <param name="values">Row-major.</param>
    /// <param name="shape">Sizes of the axes; none for a scalar.</param>
    public HostArray(double[] values, params int[] shape)
    {
        if (shape.Aggregate(1L, (count, size) => count * size) != values.Length)
        {
            throw new ArgumentException($"{values.Length} values do not fill shape {Describe(shape)}.", nameof(values));
        }

        Values = values;
        Shape = shape;
    }

    public double[] Values { get; }

    public int[] Shape { get; }

    public int Count => Values.Length;

    public static HostArray Scalar(double value) => new([value]);

    public static HostArray Full(double value, params int[] shape)
    {
        var values = new double[Size(shape)];
        Array.Fill(values, value);
        return new HostArray(values, shape);
    }

    public static HostArray From(ReadOnlySpan<float> values, params int[] shape)
    {
        var doubles = new double[values.Length];
        for (var i = 0; i < doubles.Length; i++)
        {
            doubles[i] = values[i];
        }

        return new HostArray(doubles, shape);
    }

    public static HostArray From(ReadOnlySpan<long> values, params int[] shape)
    {
        var doubles = new double[values.Length];
        for (var i = 0; i < doubles.Length; i++)
        {
            doubles[i] = values[i];
        }

        return new HostArray(doubles, shape);
    }

    public static int Size(ReadOnlySpan<int> shape)
    {
        var count = 1;
        foreach (var size in shape)
        {
            count = checked(count * size);
        }

        return count;
    }

    /// <summary><c>[2, 3]</c>, as messages print shapes.</summary>
    public static string Describe(IEnumerable<int> shape) => $"[{string.Join(", ", shape)}]";

    public HostArray Select(Func<double, double> function) => new(Array.ConvertAll(Values, value => function(value)), Shape);

    /// <summary>Every value rounded to float32.</summary>
    public HostArray ToSinglePrecision() => Select(value => (float)value);

    public float[] ToSingles() => Array.ConvertAll(Values, value => (float)value);

    public long[] ToInt64s() => Array.ConvertAll(Values, value => (long)value);

    public HostArray Reshape(params int[] shape) => new(Values, shape);
}
