namespace Scenograph.Torch;

/// <summary>
/// Normalises each channel over batch and pixels to mean 0 and variance 1, then scales and shifts it (Ioffe and Szegedy 2015). In
/// training with the batch's own statistics, which the running ones follow; in evaluation with the running ones.
/// Input [B, channels, H, W].
/// </summary>
public sealed class BatchNorm2d : ChannelStatistics
{
    private readonly double? momentum;

    /// <param name="channels">Channels of the input.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="momentum">Share of a new batch in the running statistics; null averages over all batches alike.</param>
    /// <param name="affine">Whether channels are scaled and shifted.</param>
    /// <param name="trackStatistics">Whether there are running statistics; without them evaluation uses the batch's own, too.</param>
    public BatchNorm2d(int channels, double epsilon = 1e-5, double? momentum = 0.1, bool affine = true, bool trackStatistics = true)
        : base(channels, epsilon, affine, trackStatistics) => this.momentum = momentum;

    /// <inheritdoc/>
    /// <exception cref="TorchException">A single value a channel in training: it has no variance.</exception>
    public override Tensor Forward(Tensor input)
    {
        if (UsesOwnStatistics && input.Count == input.Size(1)) throw new TorchException($"BatchNorm2d({input}): training needs more than one value a channel");
        return Operators.BatchNorm(input, Weight, Bias, RunningMean, RunningVariance, UsesOwnStatistics, CountBatch(), Epsilon, cudnnEnabled: true);
    }

    /// <summary>Counts a training batch and returns the share that its statistics have in the running ones.</summary>
    private double CountBatch()
    {
        if (BatchCount is null || !IsTraining) return 0;
        BatchCount.Add_(1);
        // A cumulative average weighs all batches alike; only it has to look at the counter.
        return momentum ?? 1 / BatchCount.ToDouble();
    }
}
