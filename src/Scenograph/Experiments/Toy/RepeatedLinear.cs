using Scenograph.Torch;

namespace Scenograph.Experiments.Toy;

/// <summary>A linear layer for each of R problems that run together: weight [R, outputs, inputs], bias [R, outputs].</summary>
public sealed class RepeatedLinear : Layer
{
    private readonly Tensor weight, bias;

    /// <param name="inputs">Size of the last axis of the input.</param>
    /// <param name="outputs">Size of the last axis of the output.</param>
    /// <param name="seeds">One a problem: each starts as it would alone.</param>
    public RepeatedLinear(int inputs, int outputs, IEnumerable<ulong> seeds)
    {
        Linear[] alone = [.. seeds.Select(seed =>
        {
            using var random = new Generator(seed);
            return new Linear(inputs, outputs, random: random);
        })];
        using (GradMode.Off())
        {
            weight = Parameter("weight", Operators.Stack([.. alone.Select(layer => layer.Weight)]));
            bias = Parameter("bias", Operators.Stack([.. alone.Select(layer => layer.Bias!)]));
        }
        foreach (var layer in alone) layer.Dispose();
    }

    /// <param name="input">[.., R, B, inputs]</param>
    /// <returns>[.., R, B, outputs]</returns>
    public override Tensor Forward(Tensor input)
    {
        using var scope = TensorScope.Begin();
        // The items lie side by side in memory, as the estimators keep them.
        return scope.Keep((weight.MatMul(input.Transpose(-1, -2)) + bias.Unsqueeze(-1)).Transpose(-1, -2));
    }
}
