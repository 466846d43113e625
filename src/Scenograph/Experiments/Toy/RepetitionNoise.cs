using Scenograph.Models;
using Scenograph.Torch;

namespace Scenograph.Experiments.Toy;

/// <summary>
/// Noise of R repetitions that run together: each draws from a generator of its own, so that repetition r sees the numbers that it would see
/// alone. The third axis from the end is that of the repetitions.
/// </summary>
public sealed class RepetitionNoise : NoiseSource
{
    // Draws of fewer numbers are made many at a time, which halves a step. The same for every R, or a repetition's numbers would depend on it.
    private const int BlockSize = 65536;

    private readonly Generator[] generators;
    private readonly Dictionary<long, (Tensor Block, int Used)> blocks = [];

    /// <param name="seeds">One a repetition.</param>
    public RepetitionNoise(IEnumerable<ulong> seeds) => generators = [.. seeds.Select(seed => new Generator(seed))];

    /// <inheritdoc/>
    public override Tensor Uniform(ReadOnlySpan<long> shape, Tensor like)
    {
        using var _ = GradMode.Off();
        using var scope = TensorScope.Begin();
        if (shape.Length < 3 || shape[^3] != generators.Length)
        {
            throw new ArgumentException($"noise of {generators.Length} repetitions has no shape [{string.Join(", ", shape.ToArray())}]", nameof(shape));
        }
        var samples = 1L;
        foreach (var size in shape[..^3]) samples *= size;
        var each = samples * shape[^2] * shape[^1];
        // Classes stand apart in memory, as the estimators keep them.
        var numbers = Next(each, like).View([generators.Length, samples, shape[^1], shape[^2]]).Transpose(-1, -2);
        return scope.Keep(samples == 1 ? numbers.View(shape) : numbers.Transpose(0, 1).Reshape(shape));
    }

    /// <inheritdoc/>
    public override Tensor Normal(ReadOnlySpan<long> shape, Tensor like) => throw new NotSupportedException("the toy experiments draw uniform numbers only");

    /// <summary>The next numbers of every repetition, [R, each].</summary>
    private Tensor Next(long each, Tensor like)
    {
        var draws = (int)Math.Max(1, BlockSize / each);
        if (!blocks.TryGetValue(each, out var block) || block.Used == draws)
        {
            block.Block?.Dispose();
            block = (Draw(draws * each, like).View([generators.Length, draws, each]).Detached(), 0);
        }
        blocks[each] = (block.Block!, block.Used + 1);
        return block.Block!.Select(1, block.Used);
    }

    private Tensor Draw(long each, Tensor like)
    {
        var numbers = Operators.Empty([generators.Length, each], like.DType);
        for (var r = 0; r < generators.Length; r++)
        {
            using var own = numbers.Select(0, r);
            own.Uniform_(0, 1, generators[r]);
        }
        return numbers;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var generator in generators) generator.Dispose();
            foreach (var (block, _) in blocks.Values) block.Dispose();
        }
        base.Dispose(disposing);
    }
}
