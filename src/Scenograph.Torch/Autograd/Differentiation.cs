namespace Scenograph.Torch;

/// <summary>Backward passes and gradients.</summary>
public static unsafe class Differentiation
{
    /// <summary>Adds the gradient of a scalar to every leaf that asked for it.</summary>
    /// <param name="loss">A tensor of one element.</param>
    /// <param name="retainGraph">Keep what the pass needs, so that another can follow.</param>
    /// <param name="createGraph">Record the pass itself, so that gradients can be differentiated.</param>
    public static void Backward(this Tensor loss, bool retainGraph = false, bool createGraph = false)
    {
        var root = loss.Handle;
        Native.Check(Native.sg_backward(&root, null, 1, retainGraph || createGraph ? 1 : 0, createGraph ? 1 : 0), "Backward");
        GC.KeepAlive(loss);
    }

    /// <summary>Gradients of outputs with respect to inputs, without touching any leaf's accumulated gradient.</summary>
    /// <param name="outputs">Tensors of one element, or of any size where <paramref name="outputGradients"/> are given.</param>
    /// <param name="inputs">What to differentiate by.</param>
    /// <param name="outputGradients">One an output; ones if left out.</param>
    /// <param name="retainGraph">Keep what the pass needs, so that another can follow.</param>
    /// <param name="createGraph">Record the pass itself, so that the result can be differentiated again.</param>
    /// <returns>One an input; null where no output depends on it.</returns>
    public static Tensor?[] Gradients(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputGradients = default,
        bool retainGraph = false, bool createGraph = false)
    {
        if (!outputGradients.IsEmpty && outputGradients.Length != outputs.Length)
        {
            throw new ArgumentException($"{outputGradients.Length} gradients for {outputs.Length} outputs; one an output is needed", nameof(outputGradients));
        }
        nint* roots = stackalloc nint[outputs.Length];
        nint* leaves = stackalloc nint[inputs.Length];
        nint* grads = stackalloc nint[outputs.Length];
        nint* found = stackalloc nint[inputs.Length];
        for (var i = 0; i < outputs.Length; i++) roots[i] = outputs[i].Handle;
        for (var i = 0; i < inputs.Length; i++) leaves[i] = inputs[i].Handle;
        for (var i = 0; i < outputGradients.Length; i++) grads[i] = outputGradients[i].Handle;
        Native.Check(Native.sg_grad(roots, outputGradients.IsEmpty ? null : grads, outputs.Length, leaves, inputs.Length,
            retainGraph || createGraph ? 1 : 0, createGraph ? 1 : 0, found), "Gradients");
        Value.KeepAlive(outputs);
        Value.KeepAlive(inputs);
        Value.KeepAlive(outputGradients);
        var result = new Tensor?[inputs.Length];
        for (var i = 0; i < result.Length; i++) result[i] = Tensor.OwnOrNull(found[i]);
        return result;
    }
}
