namespace Scenograph.Evaluation;

/// <summary>One metric over all scenes or objects.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Mean">As the original averages: NaN if any value is.</param>
/// <param name="MeanOfDefined">Mean of the values that are not NaN; NaN if none is left.</param>
/// <param name="Deviation">Population standard deviation of the values that are not NaN.</param>
/// <param name="Count">Number of values.</param>
/// <param name="Undefined">How many of them are NaN.</param>
public sealed record MetricSummary(string Name, double Mean, double MeanOfDefined, double Deviation, int Count, int Undefined)
{
    internal static MetricSummary Of(string name, IEnumerable<double> observations)
    {
        var values = observations.ToArray();
        var defined = Array.FindAll(values, value => !double.IsNaN(value));
        var mean = Average(defined);
        var deviation = Math.Sqrt(Average(Array.ConvertAll(defined, value => (value - mean) * (value - mean))));
        var undefined = values.Length - defined.Length;
        return new MetricSummary(name, undefined > 0 ? double.NaN : mean, mean, deviation, values.Length, undefined);
    }

    private static double Average(double[] values) => values.Length == 0 ? double.NaN : values.Sum() / values.Length;
}

/// <summary>One metric over the scenes or objects that share a property.</summary>
/// <param name="Value">The property's value, such as <c>rubber</c> or <c>4</c>.</param>
/// <param name="Mean">As the original averages: NaN if any value is.</param>
/// <param name="MeanOfDefined">Mean of the values that are not NaN.</param>
/// <param name="Count">Number of values.</param>
/// <param name="Undefined">How many of them are NaN.</param>
public sealed record TagMean(string Value, double Mean, double MeanOfDefined, int Count, int Undefined)
{
    internal static TagMean Of(string value, IEnumerable<double> observations)
    {
        var summary = MetricSummary.Of(value, observations);
        return new TagMean(value, summary.Mean, summary.MeanOfDefined, summary.Count, summary.Undefined);
    }
}
