using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>Gradients that a model, or an estimator, takes of a part of itself while it still computes.</summary>
internal static class InnerGradients
{
    /// <summary>The same values as the beginning of a history of their own, which gradients can be taken by.</summary>
    public static Tensor Leaf(Tensor value)
    {
        var leaf = value.Detach();
        leaf.RequiresGrad = true;
        return leaf;
    }

    /// <inheritdoc cref="Differentiation.Gradients"/>
    /// <remarks>Autocast rests: a backward pass runs in the precisions that the forward pass chose.</remarks>
    public static Tensor?[] Of(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputGradients = default, bool retainGraph = false,
        bool createGraph = false)
    {
        using var exact = Autocast.Suspend(outputs[0].Device);
        return Differentiation.Gradients(outputs, inputs, outputGradients, retainGraph, createGraph);
    }
}
