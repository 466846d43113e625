namespace Scenograph.Torch;

/// <summary>Keeps gradients within bounds; parameters without a gradient are left out.</summary>
public static class GradientClip
{
    /// <summary>
    /// Scales all gradients by min(1, limit / (norm + 10⁻⁶)), so that their norm as one long vector stays below the limit
    /// (Pascanu et al. 2013).
    /// </summary>
    /// <param name="parameters">Trainable tensors, all on one device.</param>
    /// <param name="limit">Largest norm, above 0; infinity measures only.</param>
    /// <returns>The norm before, a tensor of no dimensions on the gradients' device: nothing waits for it until it is read.</returns>
    public static Tensor ByNorm(IEnumerable<Tensor> parameters, double limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        using var mode = GradMode.Off();
        using var scope = TensorScope.Begin();
        var gradients = Gradients(parameters);
        if (gradients.Length == 0) return scope.Keep(Operators.Zeros([]));
        var norm = Operators.Stack(Operators.ForeachNorm(gradients, 2)).Norm(2);
        if (double.IsPositiveInfinity(limit)) return scope.Keep(norm);
        var factor = (limit / (norm + 1e-6)).ClampMax(1.0);
        var factors = new Tensor[gradients.Length];
        Array.Fill(factors, factor);
        Operators.ForeachMul_(gradients, factors);
        return scope.Keep(norm);
    }

    /// <summary>Moves every value of the gradients into [−limit, limit].</summary>
    /// <param name="parameters">Trainable tensors.</param>
    /// <param name="limit">Above 0.</param>
    public static void ByValue(IEnumerable<Tensor> parameters, double limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        using var mode = GradMode.Off();
        using var scope = TensorScope.Begin();
        foreach (var gradient in Gradients(parameters)) gradient.Clamp_(-limit, limit);
    }

    private static Tensor[] Gradients(IEnumerable<Tensor> parameters) => [.. parameters.Select(p => p.Grad).OfType<Tensor>()];
}
