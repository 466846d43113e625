namespace Scenograph.Torch;

/// <summary>Two-dimensional convolution. Weight [outputs, inputs / groups, k, k], bias [outputs]. Input [B, C, H, W].</summary>
public sealed class Conv2d : Layer
{
    private readonly Tensor weight;
    private readonly Tensor? bias;
    private readonly int stride;
    private readonly int padding;
    private readonly int groups;

    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the output.</param>
    /// <param name="kernel">Side k of the square kernel.</param>
    /// <param name="stride">Step between output pixels.</param>
    /// <param name="padding">Zeros around the input.</param>
    /// <param name="bias">Whether there is one.</param>
    /// <param name="groups">Groups of channels that do not see each other.</param>
    /// <param name="random">Source of the starting values.</param>
    public Conv2d(int inputs, int outputs, int kernel, int stride = 1, int padding = 0, bool bias = true, int groups = 1, Generator? random = null)
    {
        this.stride = stride;
        this.padding = padding;
        this.groups = groups;
        ReadOnlySpan<long> shape = [outputs, inputs / groups, kernel, kernel];
        weight = Parameter("weight", Initialise.KaimingUniform(shape, random));
        if (bias) this.bias = Parameter("bias", Initialise.Uniform([outputs], 1 / Math.Sqrt(Initialise.FanIn(shape)), random));
    }

    /// <summary>The kernel, [outputs, inputs / groups, k, k].</summary>
    public Tensor Weight => weight;

    /// <summary>The bias, [outputs], or null.</summary>
    public Tensor? Bias => bias;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Operators.Conv2d(input, weight, bias, stride, padding, groups: groups);
}
