namespace Scenograph.Torch;

/// <summary>Starting values of parameters, as PyTorch's layers draw them.</summary>
public static class Initialise
{
    /// <summary>Uniform in [−bound, bound).</summary>
    public static Tensor Uniform(ReadOnlySpan<long> shape, double bound, Generator? random)
    {
        using var _ = GradMode.Off();
        return Operators.Empty(shape).Uniform_(-bound, bound, random);
    }

    /// <summary>Normal with the mean and standard deviation given.</summary>
    public static Tensor Normal(ReadOnlySpan<long> shape, double mean, double deviation, Generator? random)
    {
        using var _ = GradMode.Off();
        return Operators.Empty(shape).Normal_(mean, deviation, random);
    }

    /// <summary>
    /// What PyTorch's linear and convolution layers start with: Kaiming-uniform with a = √5, that is uniform within
    /// 1/√fan_in, fan_in = product of all sizes but the first (He et al. 2015).
    /// </summary>
    public static Tensor KaimingUniform(ReadOnlySpan<long> shape, Generator? random) => Uniform(shape, 1 / Math.Sqrt(FanIn(shape)), random);

    /// <summary>Xavier-uniform: bound √(6 / (fan_in + fan_out)), times the gain (Glorot and Bengio 2010).</summary>
    public static Tensor XavierUniform(ReadOnlySpan<long> shape, Generator? random, double gain = 1)
    {
        var receptive = FanIn(shape) / shape[1];
        var fanOut = shape[0] * receptive;
        return Uniform(shape, gain * Math.Sqrt(6.0 / (FanIn(shape) + fanOut)), random);
    }

    /// <summary>Product of all sizes but the first.</summary>
    public static double FanIn(ReadOnlySpan<long> shape)
    {
        double fan = 1;
        foreach (var size in shape[1..]) fan *= size;
        return fan;
    }
}
