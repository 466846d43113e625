using Scenograph.Estimators;
using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>
/// Where a model's randomness comes from. <see cref="Seeded"/> draws; <see cref="Mean"/> gives every distribution's middle, for
/// deterministic inference; tests hand in numbers of their own.
/// </summary>
public abstract class NoiseSource : IDisposable
{
    /// <summary>Standard normal numbers.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="like">Element type and device of the result.</param>
    public abstract Tensor Normal(ReadOnlySpan<long> shape, Tensor like);

    /// <summary>Uniform numbers in [0, 1).</summary>
    /// <inheritdoc cref="Normal"/>
    public abstract Tensor Uniform(ReadOnlySpan<long> shape, Tensor like);

    /// <summary>Standard Gumbel numbers, −ln(−ln u).</summary>
    /// <inheritdoc cref="Normal"/>
    public Tensor Gumbel(ReadOnlySpan<long> shape, Tensor like)
    {
        using var scope = TensorScope.Begin();
        return scope.Keep(-(-Uniform(shape, like).ClampMin(1e-20).Log()).Log());
    }

    /// <summary>Classes drawn from categorical distributions; with <see cref="Mean"/> the likeliest.</summary>
    /// <param name="logits">[.., K], unnormalised; their history plays no part.</param>
    /// <returns>One-hot [.., K], of the element type of <paramref name="logits"/>.</returns>
    public virtual Tensor Categorical(Tensor logits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        using var scope = TensorScope.Begin();
        return scope.Keep(ClassAxis.OneHotOfUniform(logits, Uniform([.. logits.Shape[..^1], 1], logits)));
    }

    /// <summary>0 or 1 drawn from Bernoulli distributions; with <see cref="Mean"/> the likelier.</summary>
    /// <param name="probabilities">Of 1; their history plays no part.</param>
    /// <returns>Of the shape and element type of <paramref name="probabilities"/>.</returns>
    public virtual Tensor Bernoulli(Tensor probabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        using var _ = GradMode.Off();
        using var scope = TensorScope.Begin();
        return scope.Keep(Uniform(probabilities.Shape, probabilities).Lt(probabilities).To(probabilities.DType));
    }

    /// <summary>Draws from generators seeded here.</summary>
    public static SeededNoise Seeded(ulong seed, Device? device = null) => new(seed, device ?? Device.Cpu);

    /// <summary>Normal numbers 0, uniform numbers 0.5.</summary>
    public static NoiseSource Mean { get; } = new MeanNoise();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the source holds.</summary>
    protected virtual void Dispose(bool disposing) { }

    private sealed class MeanNoise : NoiseSource
    {
        public override Tensor Normal(ReadOnlySpan<long> shape, Tensor like) => Operators.Zeros(shape, like.DType, like.Device);

        public override Tensor Uniform(ReadOnlySpan<long> shape, Tensor like) => Operators.Full(shape, 0.5, dtype: like.DType, device: like.Device);

        public override Tensor Categorical(Tensor logits) => ClassAxis.OneHotOfLargest(logits);
    }
}

/// <summary>Seeded sampling whose state can be saved, so that a resumed run draws what the unbroken one would have drawn.</summary>
public sealed class SeededNoise : NoiseSource
{
    private readonly Generator generator;

    internal SeededNoise(ulong seed, Device device) => generator = new(seed, device);

    /// <inheritdoc/>
    public override Tensor Normal(ReadOnlySpan<long> shape, Tensor like)
    {
        using var _ = GradMode.Off();
        return Operators.Empty(shape, like.DType, like.Device).Normal_(0, 1, generator);
    }

    /// <inheritdoc/>
    public override Tensor Uniform(ReadOnlySpan<long> shape, Tensor like)
    {
        using var _ = GradMode.Off();
        return Operators.Empty(shape, like.DType, like.Device).Uniform_(0, 1, generator);
    }

    /// <summary>The state of the sequence.</summary>
    public byte[] GetState() => generator.GetState();

    /// <summary>Goes on from a saved state.</summary>
    public void SetState(ReadOnlySpan<byte> state) => generator.SetState(state);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) generator.Dispose();
        base.Dispose(disposing);
    }
}
