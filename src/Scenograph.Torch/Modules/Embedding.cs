namespace Scenograph.Torch;

/// <summary>A learned vector for each of a set of numbers. Weight [count, size]. Input of any shape, Int64; output [..., size].</summary>
public sealed class Embedding : Layer
{
    private readonly Tensor weight;
    private readonly int padding;

    /// <param name="count">Numbers run from 0 to count − 1.</param>
    /// <param name="size">Size of a vector.</param>
    /// <param name="padding">A number whose vector starts as zeros and is not trained, or null.</param>
    /// <param name="random">Source of the starting values, standard normal.</param>
    public Embedding(int count, int size, int? padding = null, Generator? random = null)
    {
        if (padding is { } row && (row < 0 || row >= count)) throw new ArgumentOutOfRangeException(nameof(padding), padding, $"a number from 0 to {count - 1} is needed");
        this.padding = padding ?? -1;
        var start = Initialise.Normal([count, size], 0, 1, random);
        if (padding is { } empty)
        {
            using var vector = start.Select(0, empty);
            vector.Zero_();
        }
        weight = Parameter("weight", start);
    }

    /// <summary>The vectors, [count, size].</summary>
    public Tensor Weight => weight;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Operators.Embedding(weight, input, padding);
}
