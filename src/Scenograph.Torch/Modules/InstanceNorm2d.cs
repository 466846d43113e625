namespace Scenograph.Torch;

/// <summary>
/// Normalises each channel of each sample over its pixels to mean 0 and variance 1 (Ulyanov et al. 2016).
/// Input [B, channels, H, W].
/// </summary>
public sealed class InstanceNorm2d : ChannelStatistics
{
    private readonly double momentum;

    /// <param name="channels">Channels of the input.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="momentum">Share of a new batch in the running statistics.</param>
    /// <param name="affine">Whether channels are scaled and shifted.</param>
    /// <param name="trackStatistics">Whether running statistics are kept and used in evaluation.</param>
    public InstanceNorm2d(int channels, double epsilon = 1e-5, double momentum = 0.1, bool affine = false, bool trackStatistics = false)
        : base(channels, epsilon, affine, trackStatistics) => this.momentum = momentum;

    /// <inheritdoc/>
    /// <exception cref="TorchException">A single value a channel where its own statistics are used: it has no variance.</exception>
    public override Tensor Forward(Tensor input)
    {
        if (UsesOwnStatistics && input.Size(2) * input.Size(3) == 1) throw new TorchException($"InstanceNorm2d({input}): more than one pixel is needed");
        // PyTorch counts no batches here, though it keeps the counter.
        return Operators.InstanceNorm(input, Weight, Bias, RunningMean, RunningVariance, UsesOwnStatistics, momentum, Epsilon, cudnnEnabled: true);
    }
}
