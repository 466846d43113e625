using Scenograph.Torch;

namespace Scenograph.Data.Transforms;

/// <summary>A set whose scenes pass through the steps of a spec, all to one size.</summary>
public sealed class TransformedDataSet : IDataSet
{
    private readonly IDataSet source;
    private readonly TransformSteps steps;

    /// <exception cref="InputException">The boxes of objects have no common size.</exception>
    public TransformedDataSet(IDataSet source, TransformSteps steps)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(steps);
        if (steps.OnlyObject && steps.Size is null)
        {
            throw new InputException($"{source.Name}: the flag obj needs a size, as in -obj-(64,64), since every object has another.");
        }

        this.source = source;
        this.steps = steps;
        (Height, Width) = steps.SizeFor(source.Height, source.Width);
    }

    /// <inheritdoc/>
    public string Name => source.Name;

    /// <inheritdoc/>
    public int Count => source.Count;

    /// <inheritdoc/>
    public int Channels => source.Channels;

    /// <inheritdoc/>
    public int Height { get; }

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public int MaskCount => steps.OnlyObject ? 2 : source.MaskCount;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => source.Classes;

    /// <inheritdoc/>
    public Sample Read(int index)
    {
        var sample = source.Read(index);
        var result = steps.Apply(sample);
        return (result.Height, result.Width) == (Height, Width)
            ? result
            : throw new InputException(
                $"{Name}: scene {sample.Index} has {sample.Height} x {sample.Width} pixels, the first one {source.Height} x {source.Width}; give the spec a size, as in -crop-(64,64), to bring all to one.");
    }
}
