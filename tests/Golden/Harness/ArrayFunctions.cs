namespace Scenograph.Tests.Golden.Harness;

/// <summary>The functions of golden rules on float64 arrays, with numpy's meaning.</summary>
internal static class ArrayFunctions
{
    /// <summary>Longer symbols first, so that a prefix does not hide them.</summary>
    public static readonly (string Symbol, Func<double, double, bool> Compare)[] Comparisons =
    [
        ("<=", (a, b) => a <= b),
        (">=", (a, b) => a >= b),
        ("==", (a, b) => a == b),
        ("<", (a, b) => a < b),
        (">", (a, b) => a > b),
    ];

    private static readonly Dictionary<(string Name, int Arguments), Func<HostArray[], HostArray>> Functions = new()
    {
        [("max", 2)] = values => Combine(values[0], values[1], Math.Max),
        [("min", 2)] = values => Combine(values[0], values[1], Math.Min),
        [("floor", 1)] = values => values[0].Select(Math.Floor),
        [("sqrt", 1)] = values => values[0].Select(Math.Sqrt),
        [("log", 1)] = values => values[0].Select(Math.Log),
        [("exp", 1)] = values => values[0].Select(Math.Exp),
        [("cos", 1)] = values => values[0].Select(Math.Cos),
        [("sin", 1)] = values => values[0].Select(Math.Sin),
        [("where", 3)] = values => Where(values[0], values[1], values[2]),
        [("block", 2)] = values => Block(values[0], WholeNumber(values[1])),
        [("repeat", 2)] = values => Repeat(values[0], WholeNumber(values[1])),
        [("matmul", 2)] = values => MatrixProduct(values[0], values[1]),
        [("argsort", 1)] = values => MapRows(values[0], ArgumentSort),
        [("normalise", 1)] = values => Normalise(values[0]),
        [("softmax", 1)] = values => MapRows(values[0], Softmax),
        [("cumsum", 1)] = values => MapRows(values[0], CumulativeSum),
        [("argmax", 1)] = values => ReduceRows(values[0], ArgumentOfMaximum),
        [("count", 1)] = values => ReduceRows(values[0], row => row.Count(value => value != 0)),
        // Kept as an axis of size one, so that x / sum(x) is over rows.
        [("sum", 1)] = values => values[0].Shape.Length == 0 ? values[0] : KeepLastAxis(ReduceRows(values[0], row => row.Sum())),
    };

    public static Func<HostArray[], HostArray>? Find(string name, int arguments) => Functions.GetValueOrDefault((name, arguments));

    public static HostArray Combine(HostArray left, HostArray right, Func<double, double, double> combine)
    {
        var shape = CommonShape(left.Shape, right.Shape);
        var values = new double[HostArray.Size(shape)];
        var (leftIndex, rightIndex) = (new BroadcastIndex(left.Shape, shape), new BroadcastIndex(right.Shape, shape));
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = combine(left.Values[leftIndex.Next()], right.Values[rightIndex.Next()]);
        }

        return new HostArray(values, shape);
    }

    /// <summary>Null where the shapes do not allow it.</summary>
    public static HostArray? BroadcastTo(HostArray value, int[] shape)
    {
        var axes = shape.Length - value.Shape.Length;
        if (axes < 0 || value.Shape.Where((size, axis) => size != 1 && size != shape[axes + axis]).Any())
        {
            return null;
        }

        var index = new BroadcastIndex(value.Shape, shape);
        var values = new double[HostArray.Size(shape)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value.Values[index.Next()];
        }

        return new HostArray(values, shape);
    }

    private static int[] CommonShape(int[] left, int[] right)
    {
        var shape = new int[Math.Max(left.Length, right.Length)];
        for (var axis = 1; axis <= shape.Length; axis++)
        {
            var a = axis <= left.Length ? left[^axis] : 1;
            var b = axis <= right.Length ? right[^axis] : 1;
            if (a != b && a != 1 && b != 1)
            {
                throw new FormatException($"shapes {HostArray.Describe(left)} and {HostArray.Describe(right)} do not fit");
            }

            shape[^axis] = a == 1 ? b : a;
        }

        return shape;
    }

    private static HostArray Where(HostArray condition, HostArray yes, HostArray no)
    {
        // NaN marks neither side here: a product with 0 would spread infinities, so the choice is made value by value.
        var shape = CommonShape(condition.Shape, CommonShape(yes.Shape, no.Shape));
        var (first, second) = (BroadcastTo(yes, shape)!, BroadcastTo(no, shape)!);
        var index = new BroadcastIndex(condition.Shape, shape);
        var values = new double[first.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = condition.Values[index.Next()] != 0 ? first.Values[i] : second.Values[i];
        }

        return new HostArray(values, shape);
    }

    /// <summary>x[.., n*(i/n), n*(j/n)] over the last two axes: constant squares of n by n.</summary>
    private static HostArray Block(HostArray value, int size)
    {
        Require(value.Shape.Length >= 2 && size > 0, "block needs two axes and a positive size");
        var (rows, columns) = (value.Shape[^2], value.Shape[^1]);
        var values = new double[value.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var (plane, row, column) = (i / (rows * columns), i / columns % rows, i % columns);
            values[i] = value.Values[(plane * rows + row / size * size) * columns + column / size * size];
        }

        return new HostArray(values, value.Shape);
    }

    /// <summary>Every element n times along the first two axes.</summary>
    private static HostArray Repeat(HostArray value, int times)
    {
        Require(value.Shape.Length >= 2 && times > 0, "repeat needs two axes and a positive number");
        var (rows, columns) = (value.Shape[0], value.Shape[1]);
        var inner = HostArray.Size(value.Shape.AsSpan(2));
        var shape = (int[])value.Shape.Clone();
        shape[0] *= times;
        shape[1] *= times;
        var values = new double[HostArray.Size(shape)];
        for (var row = 0; row < rows * times; row++)
        {
            for (var column = 0; column < columns * times; column++)
            {
                var source = (row / times * columns + column / times) * inner;
                value.Values.AsSpan(source, inner).CopyTo(values.AsSpan((row * columns * times + column) * inner));
            }
        }

        return new HostArray(values, shape);
    }

    private static HostArray MatrixProduct(HostArray left, HostArray right)
    {
        Require(left.Shape.Length == 2 && right.Shape.Length == 2 && left.Shape[1] == right.Shape[0], "matmul needs matrices that fit");
        var (rows, inner, columns) = (left.Shape[0], left.Shape[1], right.Shape[1]);
        var values = new double[rows * columns];
        for (var row = 0; row < rows; row++)
        {
            var target = values.AsSpan(row * columns, columns);
            for (var k = 0; k < inner; k++)
            {
                var factor = left.Values[row * inner + k];
                var source = right.Values.AsSpan(k * columns, columns);
                for (var column = 0; column < columns; column++)
                {
                    target[column] += factor * source[column];
                }
            }
        }

        return new HostArray(values, rows, columns);
    }

    private static double[] ArgumentSort(double[] row) =>
        [.. Enumerable.Range(0, row.Length).OrderBy(index => row[index]).Select(index => (double)index)];

    private static HostArray Normalise(HostArray value)
    {
        var sum = value.Values.Sum();
        return value.Select(element => element / sum);
    }

    private static double[] Softmax(double[] row)
    {
        var largest = row.Max();
        var exponentials = Array.ConvertAll(row, value => Math.Exp(value - largest));
        var sum = exponentials.Sum();
        return Array.ConvertAll(exponentials, value => value / sum);
    }

    private static double[] CumulativeSum(double[] row)
    {
        var sum = 0.0;
        return Array.ConvertAll(row, value => sum += value);
    }

    private static double ArgumentOfMaximum(double[] row)
    {
        var best = 0;
        for (var i = 1; i < row.Length; i++)
        {
            if (row[i] > row[best])
            {
                best = i;
            }
        }

        return best;
    }

    private static HostArray MapRows(HostArray value, Func<double[], double[]> map)
    {
        Require(value.Shape.Length > 0, "a function over the last axis was given a scalar");
        return new HostArray([.. Rows(value).SelectMany(map)], value.Shape);
    }

    private static HostArray ReduceRows(HostArray value, Func<double[], double> reduce)
    {
        Require(value.Shape.Length > 0, "a function over the last axis was given a scalar");
        return new HostArray([.. Rows(value).Select(reduce)], value.Shape[..^1]);
    }

    private static HostArray KeepLastAxis(HostArray value) => value.Reshape([.. value.Shape, 1]);

    private static IEnumerable<double[]> Rows(HostArray value) => value.Shape[^1] == 0 ? [] : value.Values.Chunk(value.Shape[^1]);

    private static int WholeNumber(HostArray value)
    {
        Require(value.Count == 1 && value.Values[0] == Math.Floor(value.Values[0]) && Math.Abs(value.Values[0]) < 1_000_000, "a size is no whole number");
        return (int)value.Values[0];
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new FormatException(message);
        }
    }

    /// <summary>Walks the elements of a smaller array while the larger shape is walked in row-major order.</summary>
    private sealed class BroadcastIndex
    {
        private readonly int[] shape;
        private readonly int[] strides;
        private readonly int[] index;
        private int offset;
        private bool started;

        public BroadcastIndex(int[] from, int[] to)
        {
            shape = to;
            index = new int[to.Length];
            strides = new int[to.Length];
            var stride = 1;
            for (var axis = 1; axis <= from.Length; axis++)
            {
                strides[^axis] = from[^axis] == 1 ? 0 : stride;
                stride *= from[^axis];
            }
        }

        public int Next()
        {
            if (!started)
            {
                started = true;
                return 0;
            }

            for (var axis = shape.Length - 1; axis >= 0; axis--)
            {
                offset += strides[axis];
                if (++index[axis] < shape[axis])
                {
                    break;
                }

                offset -= strides[axis] * shape[axis];
                index[axis] = 0;
            }

            return offset;
        }
    }
}
