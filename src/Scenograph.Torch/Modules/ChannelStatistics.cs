namespace Scenograph.Torch;

/// <summary>
/// What batch and instance normalisation share: a scale and a shift for each channel, and running statistics, all [channels],
/// under PyTorch's names <c>weight, bias, running_mean, running_var, num_batches_tracked</c>.
/// </summary>
public abstract class ChannelStatistics : Layer
{
    private protected ChannelStatistics(int channels, double epsilon, bool affine, bool track)
    {
        Epsilon = epsilon;
        if (affine)
        {
            Weight = Parameter("weight", Operators.Ones([channels]));
            Bias = Parameter("bias", Operators.Zeros([channels]));
        }
        if (!track) return;
        RunningMean = Buffer("running_mean", Operators.Zeros([channels]));
        RunningVariance = Buffer("running_var", Operators.Ones([channels]));
        BatchCount = Buffer("num_batches_tracked", Operators.Zeros([], DType.Int64));
    }

    private protected double Epsilon { get; }

    private protected Tensor? Weight { get; }

    private protected Tensor? Bias { get; }

    private protected Tensor? RunningMean { get; }

    private protected Tensor? RunningVariance { get; }

    private protected Tensor? BatchCount { get; }

    /// <summary>Whether the input is normalised by its own statistics rather than by the running ones.</summary>
    private protected bool UsesOwnStatistics => IsTraining || RunningMean is null;
}
