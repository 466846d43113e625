using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>Numbers whose gradients were computed already: differentiating them hands them out.</summary>
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
        return scope.Keep(WithValue(result, value));
    }

    /// <param name="values">One number an item, [batch..].</param>
    /// <param name="tensor">[batch.., ...]; each item's number depends on its own part.</param>
    /// <param name="gradient">The gradient of each number by its part, of the shape of <paramref name="tensor"/>.</param>
    /// <returns>The values; their gradients by the tensor are those given, and flow on to what it was made of.</returns>
    public static Tensor OfItems(Tensor values, Tensor tensor, Tensor gradient)
    {
        using var scope = TensorScope.Begin();
        using var exact = Autocast.Suspend(values.Device);
        var products = tensor * gradient.Detach();
        var result = products.Dimensions == values.Dimensions ? products : products.Flatten(values.Dimensions, -1).Sum([-1]);
        return scope.Keep(WithValue(result, values));
    }

    private static Tensor WithValue(Tensor result, Tensor value)
    {
        // Nothing that was saved for the backward pass depends on the sum's own value, so it may be replaced.
        using (GradMode.Off()) result.Detach().Copy_(value);
        return result;
    }
}
