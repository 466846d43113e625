namespace Scenograph.Torch;

/// <summary>
/// Normalises every sample's groups of channels to mean 0 and variance 1, then scales and shifts each channel (Wu and He 2018).
/// Weight and bias [channels]. Input [B, channels, ...].
/// </summary>
public sealed class GroupNorm : Layer
{
    private readonly int groups;
    private readonly double epsilon;
    private readonly Tensor? weight;
    private readonly Tensor? bias;

    /// <param name="groups">Number of groups; divides <paramref name="channels"/>.</param>
    /// <param name="channels">Channels of the input.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="affine">Whether channels are scaled and shifted.</param>
    /// <exception cref="ArgumentException">The groups do not divide the channels.</exception>
    public GroupNorm(int groups, int channels, double epsilon = 1e-5, bool affine = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(groups);
        if (channels % groups != 0) throw new ArgumentException($"{groups} groups do not divide {channels} channels", nameof(groups));
        this.groups = groups;
        this.epsilon = epsilon;
        if (!affine) return;
        weight = Parameter("weight", Operators.Ones([channels]));
        bias = Parameter("bias", Operators.Zeros([channels]));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        if (weight is null || input.DType == weight.DType) return Operators.GroupNorm(input, groups, weight, bias, epsilon);
        // Under autocast the input may be of lower precision; statistics want the weights' own, what follows wants the input's.
        using var exact = input.To(weight.DType);
        using var output = Operators.GroupNorm(exact, groups, weight, bias, epsilon);
        return output.To(input.DType);
    }
}
