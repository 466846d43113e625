using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>A number whose gradients were computed already: differentiating it hands them out.</summary>
public static class KnownGradient
{
    /// <param name="value">One element.</param>
    /// <param name="gradients">Each tensor with the gradient of <paramref name="value"/> by it, of the same shape.</param>
    /// <returns>The value; its gradient by each tensor is the one given, and flows on to what the tensor was made of.</returns>
    public static Tensor Of(Tensor value, IEnumerable<(Tensor Tensor, Tensor Gradient)> gradients)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        using var scope = TensorScope.Begin();
        using var exact = Autocast.Suspend(value.Device);
        var result = value.Detach().Clone();
        foreach (var (tensor, gradient) in gradients) result = result + (tensor * gradient.Detach()).Sum();
        // Nothing that was saved for the backward pass depends on the sum's own value, so it may be replaced.
        using (GradMode.Off()) result.Detach().Copy_(value);
        return scope.Keep(result);
    }
}
