namespace Scenograph.Torch;

/// <summary>A function without parameters as a layer.</summary>
public sealed class Activation : Layer
{
    private readonly Func<Tensor, Tensor> function;

    private Activation(Func<Tensor, Tensor> function) => this.function = function;

    /// <summary>max(0, x).</summary>
    public static Activation Relu() => new(x => x.Relu());

    /// <summary>
    /// max(0, x), written over x. Right behind a layer that does not need its own output for its gradient: convolutions and
    /// linear layers do not, normalisations do not; exponentials, softmax and sigmoids do.
    /// </summary>
    public static Activation ReluInPlace() => new(x => x.Relu_());

    /// <summary>x for x &gt; 0, slope·x otherwise.</summary>
    public static Activation LeakyRelu(double slope = 0.01) => new(x => x.LeakyRelu(slope));

    /// <summary>x for x &gt; 0, α(eˣ − 1) otherwise.</summary>
    public static Activation Elu(double alpha = 1) => new(x => x.Elu(alpha));

    /// <summary>ELU written over x; see <see cref="ReluInPlace"/> for where that is right.</summary>
    public static Activation EluInPlace(double alpha = 1) => new(x => x.Elu_(alpha));

    /// <summary>CELU: max(0, x) + min(0, α(e^(x/α) − 1)).</summary>
    public static Activation Celu(double alpha = 1) => new(x => x.Celu(alpha));

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    public static Activation Sigmoid() => new(x => x.Sigmoid());

    /// <summary>Hyperbolic tangent.</summary>
    public static Activation Tanh() => new(x => x.Tanh());

    /// <summary>ln(1 + eˣ).</summary>
    public static Activation Softplus() => new(x => x.Softplus());

    /// <summary>Any other function.</summary>
    public static Activation Of(Func<Tensor, Tensor> function) => new(function);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => function(input);
}
