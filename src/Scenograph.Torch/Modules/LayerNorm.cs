namespace Scenograph.Torch;

/// <summary>Normalises over the last dimensions to mean 0 and variance 1, then scales and shifts (Ba et al. 2016).</summary>
public sealed class LayerNorm : Layer
{
    private readonly long[] shape;
    private readonly Tensor weight;
    private readonly Tensor bias;
    private readonly double epsilon;

    /// <param name="shape">Sizes of the dimensions that are normalised together; weight and bias have this shape.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public LayerNorm(ReadOnlySpan<long> shape, double epsilon = 1e-5)
    {
        this.shape = shape.ToArray();
        this.epsilon = epsilon;
        weight = Parameter("weight", Operators.Ones(shape));
        bias = Parameter("bias", Operators.Zeros(shape));
    }

    /// <param name="size">Size of the last dimension.</param>
    public LayerNorm(int size) : this([size]) { }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        // Under autocast the input may be of lower precision; statistics want the weights' own.
        if (input.DType == weight.DType) return Operators.LayerNorm(input, shape, weight, bias, epsilon);
        using var exact = input.To(weight.DType);
        return Operators.LayerNorm(exact, shape, weight, bias, epsilon);
    }
}
