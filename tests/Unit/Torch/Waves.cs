using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Torch;

/// <summary>Float64 tensors filled by the formula that data/make_layers.py uses.</summary>
internal static class Waves
{
    public static Tensor Of(ReadOnlySpan<long> shape, double amplitude = 1, double frequency = 0.37, double phase = 0.1, double offset = 0)
    {
        long count = 1;
        foreach (var size in shape) count *= size;
        var values = new double[count];
        for (var i = 0; i < values.Length; i++) values[i] = amplitude * Math.Sin(frequency * i + phase) + offset;
        return Tensor.From(values, shape);
    }

    /// <summary>Sum of output j times cos(0.23 j).</summary>
    public static Tensor Loss(Tensor output)
    {
        var weights = new double[output.Count];
        for (var i = 0; i < weights.Length; i++) weights[i] = Math.Cos(0.23 * i);
        return (output * Tensor.From(weights, output.Shape)).Sum();
    }

    /// <summary>Makes the module Float64 and sets its k-th parameter to 0.6 sin(0.71 i + k) + 0.1.</summary>
    public static T Fill<T>(T module) where T : Module
    {
        module.To(DType.Float64);
        using var _ = GradMode.Off();
        var k = 0;
        foreach (var (_, value) in module.NamedParameters()) value.Copy_(Of(value.Shape, 0.6, 0.71, k++, 0.1));
        return module;
    }
}
