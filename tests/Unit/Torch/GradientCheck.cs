using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Torch;

/// <summary>Gradients against central differences, in Float64.</summary>
internal static class GradientCheck
{
    private const double Step = 1e-5;
    private const double Tolerance = 1e-6;

    /// <summary>The gradient of a scalar function by each of its inputs.</summary>
    public static void First(Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        using var scope = TensorScope.Begin();
        foreach (var input in inputs) input.RequiresGrad = true;
        var gradients = Differentiation.Gradients([function(inputs)], inputs);
        for (var k = 0; k < inputs.Length; k++)
        {
            var analytic = gradients[k] is { } gradient ? gradient.ToArray<double>() : new double[inputs[k].Count];
            Close.Equal(Differences(function, inputs, k), analytic, Tolerance, $"gradient {k}");
        }
    }

    /// <summary>The gradient of a weighted sum of the gradients: the double backward pass.</summary>
    public static void Second(Func<Tensor[], Tensor> function, params Tensor[] inputs) => First(leaves =>
    {
        using var recording = GradMode.On();
        var gradients = Differentiation.Gradients([function(leaves)], leaves, createGraph: true);
        var sum = Tensor.FromScalar(0, DType.Float64);
        foreach (var gradient in gradients.OfType<Tensor>()) sum += Waves.Loss(gradient);
        return sum;
    }, inputs);

    private static double[] Differences(Func<Tensor[], Tensor> function, Tensor[] inputs, int k)
    {
        var values = inputs[k].ToArray<double>();
        var found = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            found[i] = (At(values[i] + Step) - At(values[i] - Step)) / (2 * Step);

            double At(double value)
            {
                using var scope = TensorScope.Begin();
                var moved = (double[])values.Clone();
                moved[i] = value;
                var changed = (Tensor[])inputs.Clone();
                changed[k] = Tensor.From(moved, inputs[k].Shape);
                changed[k].RequiresGrad = true;
                return function(changed).ToDouble();
            }
        }
        return found;
    }
}
