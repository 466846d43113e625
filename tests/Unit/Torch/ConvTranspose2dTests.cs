using FsCheck;
using FsCheck.Fluent;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Torch;

/// <summary>The forms in which transposed convolutions are computed on the processor.</summary>
public sealed class ConvTranspose2dTests
{
    private sealed record Setting(int Inputs, int Outputs, int Kernel, int Stride, int Padding, int OutputPadding, int Height, int Width, bool Bias);

    private static readonly Gen<Setting> Settings =
        from channels in Gen.Two(Gen.Choose(1, 3))
        from kernel in Gen.Choose(1, 6)
        from stride in Gen.Choose(1, 4)
        from padding in Gen.Choose(0, kernel + 1)
        from outputPadding in Gen.Choose(0, stride - 1)
        from size in Gen.Two(Gen.Choose(1, 5))
        from bias in Gen.Elements(true, false)
        where Math.Min(size.Item1, size.Item2) * stride - stride - 2 * padding + kernel + outputPadding > 0
        select new Setting(channels.Item1, channels.Item2, kernel, stride, padding, outputPadding, size.Item1, size.Item2, bias);

    [Fact]
    public void Every_form_equals_libtorchs_own_with_its_gradients() =>
        Prop.ForAll(Settings.ToArbitrary(), Agrees).Check(Repeatable.Config.WithMaxTest(300));

    private static void Agrees(Setting s)
    {
        using var scope = TensorScope.Begin();
        using var layer = Waves.Fill(new ConvTranspose2d(s.Inputs, s.Outputs, s.Kernel, s.Stride, s.Padding, s.OutputPadding, s.Bias));
        var parameters = layer.Parameters();
        var input = Waves.Of([2, s.Inputs, s.Height, s.Width]);
        input.RequiresGrad = true;
        var bias = s.Bias ? parameters[1] : null;
        Tensor[] leaves = [input, .. parameters];

        var ours = layer.Forward(input);
        var libtorchs = Operators.ConvTranspose2d(input, parameters[0], bias, s.Stride, s.Padding, s.OutputPadding);
        Close.Equal(libtorchs, ours, 1e-11, $"output of {s}");
        var ourGradients = Differentiation.Gradients([Waves.Loss(ours)], leaves);
        var libtorchsGradients = Differentiation.Gradients([Waves.Loss(libtorchs)], leaves);
        for (var i = 0; i < leaves.Length; i++) Close.Equal(libtorchsGradients[i]!, ourGradients[i]!, 1e-11, $"gradient {i} of {s}");
    }
}
