using Scenograph.Torch;

namespace Scenograph.Estimators;

/// <summary>
/// A perceptron on flattened items, Linear and ReLU in turn: NVIL's baseline, and with a temperature RELAX's surrogate, which takes the
/// softmax of its input over λ first.
/// </summary>
public sealed class BaselineNet : Layer
{
    private readonly int inputs;
    private readonly Sequential network;
    private readonly Tensor? logTemperature;

    /// <param name="inputs">Numbers of one item.</param>
    /// <param name="hidden">Widths of the hidden layers; 400, 400 in the original.</param>
    /// <param name="outputs">1 for a baseline, K for a surrogate.</param>
    /// <param name="temperature">λ at the start, learned; null: the input is taken as it is.</param>
    /// <param name="random">Source of the starting values.</param>
    public BaselineNet(int inputs, IReadOnlyList<int> hidden, int outputs, double? temperature = null, Generator? random = null)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        this.inputs = inputs;
        if (temperature is { } start) logTemperature = Parameter("log_temp", Operators.Full([], Math.Log(start), dtype: DType.Float32));
        int[] widths = [inputs, .. hidden, outputs];
        network = Child("baseline", new Sequential(
        [
            new Identity(), // the original's Flatten, which gives the next its number
            .. Enumerable.Range(0, widths.Length - 1).SelectMany(i => i == widths.Length - 2
                ? new Layer[] { new Linear(widths[i], widths[i + 1], random: random) }
                : [new Linear(widths[i], widths[i + 1], random: random), Activation.ReluInPlace()]),
        ]));
    }

    /// <summary>Numbers of items.</summary>
    /// <param name="input">[.., inputs], or [.., C, H, W] of as many numbers an item.</param>
    /// <returns>[.., outputs]; all axes but those of an item are kept.</returns>
    public override Tensor Forward(Tensor input)
    {
        using var scope = TensorScope.Begin();
        if (logTemperature is not null) input = ClassAxis.Softmax(input / logTemperature.Exp());
        return scope.Keep(network.Forward(Flat(input)));
    }

    private Tensor Flat(Tensor input)
    {
        var (axes, count) = (input.Dimensions, 1L);
        do count *= input.Size(--axes);
        while (axes > 0 && count < inputs);
        if (count != inputs) throw new ArgumentException($"input [{string.Join(", ", input.Shape.ToArray())}] does not end in items of {inputs} numbers", nameof(input));
        return input.Reshape([.. input.Shape[..axes], inputs]);
    }
}
