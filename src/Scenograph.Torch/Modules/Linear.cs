namespace Scenograph.Torch;

/// <summary>y = x Wᵀ + b. Weight [outputs, inputs], bias [outputs].</summary>
public sealed class Linear : Layer
{
    private readonly Tensor weight;
    private readonly Tensor? bias;

    /// <param name="inputs">Size of the last dimension of the input.</param>
    /// <param name="outputs">Size of the last dimension of the output.</param>
    /// <param name="bias">Whether b is there.</param>
    /// <param name="random">Source of the starting values.</param>
    public Linear(int inputs, int outputs, bool bias = true, Generator? random = null)
    {
        weight = Parameter("weight", Initialise.KaimingUniform([outputs, inputs], random));
        if (bias) this.bias = Parameter("bias", Initialise.Uniform([outputs], 1 / Math.Sqrt(inputs), random));
    }

    /// <summary>W, [outputs, inputs].</summary>
    public Tensor Weight => weight;

    /// <summary>b, [outputs], or null.</summary>
    public Tensor? Bias => bias;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Operators.Linear(input, weight, bias);
}
