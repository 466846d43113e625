using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>Xavier-normal starting values (Glorot and Bengio 2010) with biases 0, for layers that are made already.</summary>
internal static class XavierStart
{
    /// <param name="module">A layer, or several; norms in it keep their start.</param>
    /// <param name="gain">Factor of the deviation √(2 / (fan_in + fan_out)).</param>
    /// <param name="random">Source of the starting values.</param>
    public static void Apply(Module module, double gain, Generator? random)
    {
        using var _ = GradMode.Off();
        foreach (var (name, value) in module.NamedParameters())
        {
            if (value.Dimensions >= 2)
            {
                Draw(value, gain, random);
            }
            else if (name.EndsWith("bias", StringComparison.Ordinal))
            {
                value.Zero_();
            }
        }
    }

    /// <summary>Draws one weight anew, [outputs, inputs, ...]; the caller has switched gradients off.</summary>
    public static void Draw(Tensor weight, double gain, Generator? random)
    {
        double places = 1;
        foreach (var side in weight.Shape[2..]) places *= side;
        weight.Normal_(0, gain * Math.Sqrt(2 / ((weight.Size(0) + weight.Size(1)) * places)), random);
    }
}
