using Scenograph.Torch;

namespace Scenograph.Data.Folders;

/// <summary>Which scenes of a numbered set belong to which split: test first, then validation, the rest for training.</summary>
public sealed class SplitRule
{
    private readonly Func<int, (int Test, int Validation)> sizes;

    private SplitRule(Func<int, (int, int)> sizes) => this.sizes = sizes;

    /// <summary>A tenth each for test and validation, rounded down at each border, as ClevrTex has it.</summary>
    public static SplitRule Tenths { get; } = new(count => ((int)(0.1 * count), (int)(0.2 * count) - (int)(0.1 * count)));

    /// <summary>Fixed sizes of test and validation.</summary>
    public static SplitRule Sizes(int test, int validation) => new(_ => (test, validation));

    /// <returns>The first scene of the split and the one after its last, of <paramref name="count"/> scenes.</returns>
    public (int Start, int End) Range(int count, Split split)
    {
        var (test, validation) = sizes(count);
        return split switch
        {
            Split.Test => (0, Math.Min(test, count)),
            Split.Validation => (Math.Min(test, count), Math.Min(test + validation, count)),
            _ => (Math.Min(test + validation, count), count),
        };
    }

    /// <summary>The split's part of a set that holds all scenes in order.</summary>
    /// <exception cref="InputException">The part is empty.</exception>
    public IDataSet Take(IDataSet all, Split split)
    {
        ArgumentNullException.ThrowIfNull(all);
        var (start, end) = Range(all.Count, split);
        return end > start
            ? new Subset(all, start, end - start)
            : throw new InputException($"{all.Name}: its {all.Count} scenes are too few for a split {SplitNames.Of(split)}.");
    }
}
