using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>Starts convolutions and linear layers near zero: Xavier-normal with gain 0.02, biases 0, as the authors of EfficientMORL do.</summary>
internal static class SmallStart
{
    private const double Gain = 0.02;

    /// <param name="module">A layer, or several; norms in it keep their start.</param>
    /// <param name="random">Source of the starting values.</param>
    public static void Apply(Module module, Generator? random)
    {
        using var _ = GradMode.Off();
        foreach (var (name, value) in module.NamedParameters())
        {
            if (value.Dimensions >= 2)
            {
                double places = 1;
                foreach (var side in value.Shape[2..]) places *= side;
                value.Normal_(0, Gain * Math.Sqrt(2 / ((value.Size(0) + value.Size(1)) * places)), random);
            }
            else if (name.EndsWith("bias", StringComparison.Ordinal))
            {
                value.Zero_();
            }
        }
    }
}
