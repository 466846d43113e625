using Scenograph.Estimators;
using Scenograph.Torch;

namespace Scenograph.Experiments.Toy;

/// <summary>RELAX's surrogate in Borea's toy experiments: one linear layer on the softmax of its input over a learned λ.</summary>
public sealed class ToySurrogate : Layer
{
    private readonly Tensor logTemperature;
    private readonly Sequential network;
    private readonly int? repetitions;

    /// <param name="linear">K to K numbers.</param>
    /// <param name="repetitions">R: a temperature for each of so many problems, along the third axis from the end; null: one.</param>
    public ToySurrogate(Layer linear, int? repetitions = null)
    {
        this.repetitions = repetitions;
        logTemperature = Parameter("log_temp", Operators.Zeros(repetitions is { } count ? [count] : [], DType.Float32));
        network = Child("network", new Sequential(linear));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = TensorScope.Begin();
        var temperature = logTemperature.Exp();
        if (repetitions is { } count) temperature = temperature.View([count, 1, 1]);
        return scope.Keep(network.Forward(ClassAxis.Softmax(input / temperature)));
    }
}
