using System.Globalization;
using Scenograph.Estimators;

namespace Scenograph.Experiments.Discrete;

/// <summary>A row of a published table.</summary>
/// <param name="Table"><c>dvae</c>, <c>dvae-st</c>, <c>overclustering</c>, <c>air</c> or <c>dair</c>.</param>
/// <param name="DataSet">As <c>--dataset</c> has it.</param>
/// <param name="Size">Clusters, or numbers of a code.</param>
/// <param name="Estimator">Where the gradient came from.</param>
internal sealed record PublishedKey(string Table, string DataSet, int Size, EstimatorKind Estimator);

/// <summary>
/// The published tables: Borea, "Structured Image Decompositions using Unsupervised Object-Centric Learning", 2021, tables 4.3 to 4.6, from the
/// pictures of them in borea17/StrImaDec. Ten runs a row, over-clustering five, measured on the training pictures; accuracies in percent. Where a key is not among
/// them nothing was published.
/// </summary>
internal static class PublishedResults
{
    private static readonly Lazy<Dictionary<(PublishedKey, string), Spread>> Tables = new(Read);

    /// <param name="key">Which row.</param>
    /// <param name="measure"><c>nll</c>, <c>kl</c>, <c>accuracy</c>, <c>count_accuracy</c>, <c>squared_error</c> or <c>nvil</c>.</param>
    public static Spread? Find(PublishedKey key, string measure) => Tables.Value.GetValueOrDefault((key, measure));

    private static Dictionary<(PublishedKey, string), Spread> Read()
    {
        using var stream = typeof(PublishedResults).Assembly.GetManifestResourceStream("Scenograph.Experiments.published.csv")!;
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Skip(1).Select(line => line.Split(',')).ToDictionary(
            cells => (new PublishedKey(cells[0], cells[1], int.Parse(cells[2], CultureInfo.InvariantCulture), Enum.Parse<EstimatorKind>(cells[3], ignoreCase: true)), cells[4]),
            cells => new Spread(Number(cells[5]), Number(cells[6]), Number(cells[7])));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
