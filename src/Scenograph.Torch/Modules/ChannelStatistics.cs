namespace Scenograph.Torch;

/// <summary>
/// What batch and instance normalisation share: a scale and a shift for each channel, and running statistics, all [channels],
/// under PyTorch's names <c>weight, bias, running_mean, running_var, num_batches_tracked</c>.
/// </summary>
public abstract class ChannelStatistics : Layer
{
    private readonly double? momentum;
    private readonly Tensor? count;

    private protected ChannelStatistics(int channels, double epsilon, double? momentum, bool affine, bool track)
    {
        this.momentum = momentum;
        Epsilon = epsilon;
        if (affine)
        {
            Weight = Parameter("weight", Operators.Ones([channels]));
            Bias = Parameter("bias", Operators.Zeros([channels]));
        }
        if (!track) return;
        RunningMean = Buffer("running_mean", Operators.Zeros([channels]));
        RunningVariance = Buffer("running_var", Operators.Ones([channels]));
        count = Buffer("num_batches_tracked", Operators.Zeros([], DType.Int64));
    }

    private protected double Epsilon { get; }

    private protected Tensor? Weight { get; }

    private protected Tensor? Bias { get; }

    private protected Tensor? RunningMean { get; }

    private protected Tensor? RunningVariance { get; }

    /// <summary>Counts a training batch and returns the share that its statistics have in the running ones.</summary>
    private protected double CountBatch()
    {
        if (count is null || !IsTraining) return 0;
        count.Add_(1);
        // A cumulative average weighs all batches alike; only it has to look at the counter.
        return momentum ?? 1 / count.ToDouble();
    }
}
