namespace Scenograph.Tests.Golden.Harness;

/// <summary>What our code made of a case.</summary>
public sealed class GoldenResult
{
    /// <summary>Whole arrays by golden name (without <c>f64:</c>); the harness flattens and cuts them as the case says.</summary>
    public Dictionary<string, HostArray> Arrays { get; } = new(StringComparer.Ordinal);

    /// <summary>Scalars for the case's <c>results</c>, by path: <c>running_means.mIoU</c>; a list of [label, number] adds the label.</summary>
    public Dictionary<string, double> Scalars { get; } = new(StringComparer.Ordinal);

    /// <summary>Rows of the case's tables (under <c>config</c>) that came out otherwise, one sentence each. Any fails the case.</summary>
    public List<string> Differences { get; } = [];

    /// <summary>Adds an array.</summary>
    public void Add(string name, double[] values, params int[] shape) => Arrays.Add(name, new HostArray(values, shape));

    /// <summary>Adds a scalar array, such as a loss.</summary>
    public void Add(string name, double value) => Arrays.Add(name, HostArray.Scalar(value));

    /// <summary>Notes a difference unless two values of a table agree.</summary>
    public void Expect<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            Differences.Add($"{what} is {actual} instead of {expected}");
        }
    }
}
