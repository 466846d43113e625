using Scenograph.Torch;

namespace Scenograph.Estimators;

/// <summary>RELAX's surrogate in Borea's toy experiments: one linear layer on the softmax of its input over a learned λ.</summary>
public sealed class ToySurrogate : Layer
{
    private readonly Tensor logTemperature;
    private readonly Sequential network;

    /// <param name="classes">K.</param>
    /// <param name="random">Source of the starting values.</param>
    public ToySurrogate(int classes, Generator? random = null)
    {
        logTemperature = Parameter("log_temp", Operators.Zeros([], DType.Float32));
        network = Child("network", new Sequential(new Linear(classes, classes, random: random)));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = TensorScope.Begin();
        return scope.Keep(network.Forward((input / logTemperature.Exp()).Softmax(-1)));
    }
}
