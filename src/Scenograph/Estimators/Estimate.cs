using Scenograph.Torch;

namespace Scenograph.Estimators;

/// <summary>
/// What an estimator makes of a loss. Differentiating <see cref="Mean"/> trains everything at once: whatever gives the logits, the
/// parameters of the loss, and the estimator's own parameters, each by its own objective.
/// </summary>
/// <param name="Surrogate">
/// [batch..]; its gradient by the logits is the estimate, and its value means nothing. Null where the loss itself carries that gradient.
/// [.., B, B] from NVIL with the original's broadcast.
/// </param>
/// <param name="Loss">[batch..], the loss of what was drawn, mean over samples. Its gradient trains the parameters of the loss.</param>
/// <param name="Values">[S, ...], what the loss was given.</param>
/// <param name="Tuning">
/// One element: the objective of the estimator's own parameters, which its gradient reaches alone. Null where there are none, or where
/// the surrogate trains them.
/// </param>
public sealed record Estimate(Tensor? Surrogate, Tensor Loss, Tensor Values, Tensor? Tuning = null)
{
    /// <summary>Passes all parts to the scope outside of one.</summary>
    internal Estimate KeptIn(TensorScope scope)
    {
        scope.Keep(new[] { Surrogate, Loss, Values, Tuning }.OfType<Tensor>());
        return this;
    }

    /// <summary>One element: its value is the mean loss of the batch, its gradients are those of all parts.</summary>
    public Tensor Mean() => Reduced(static part => part.Mean());

    /// <summary>As <see cref="Mean"/>, summed over the batch.</summary>
    public Tensor Sum() => Reduced(static part => part.Sum());

    private Tensor Reduced(Func<Tensor, Tensor> reduce)
    {
        using var scope = TensorScope.Begin();
        var total = reduce(Loss);
        if (Surrogate is not null) total += GradientOnly(reduce(Surrogate));
        if (Tuning is not null) total += GradientOnly(Tuning);
        return scope.Keep(total);
    }

    private static Tensor GradientOnly(Tensor value) => value - value.Detach();
}
