using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>
/// The objective of a recurrence, L = Σ_i L_i(s_i; θ) with s_{i+1} = f_i(s_i; θ), differentiated in the memory of one iteration: the
/// iterations are run once without keeping what differentiation needs, and then again from the last to the first, each
/// differentiated at once (Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost", arXiv 1604.06174).
/// </summary>
public static class Recomputation
{
    /// <summary>Runs an iteration only to know what comes out of it.</summary>
    /// <param name="index">i, from 0.</param>
    /// <param name="state">s_i, without history.</param>
    /// <returns>s_{i+1}, and what <see cref="Iteration"/> needs to do exactly the same again: noise drawn, quantities held constant.</returns>
    public delegate (IReadOnlyList<Tensor> Next, IReadOnlyList<Tensor> Remembered) Rehearsal(int index, IReadOnlyList<Tensor> state);

    /// <summary>Runs an iteration so that it can be differentiated.</summary>
    /// <param name="index">i, from 0.</param>
    /// <param name="state">s_i, leaves.</param>
    /// <param name="remembered">What its rehearsal remembered; empty for the last iteration, which has none.</param>
    /// <returns>L_i (null: 0), s_{i+1} (empty for the last iteration), and tensors to hand back to the caller.</returns>
    public delegate (Tensor? Loss, IReadOnlyList<Tensor> Next, IReadOnlyList<Tensor> Kept) Iteration(int index, IReadOnlyList<Tensor> state, IReadOnlyList<Tensor> remembered);

    /// <param name="iterations">How many, at least 1.</param>
    /// <param name="start">s_0; may depend on the parameters.</param>
    /// <param name="parameters">θ.</param>
    /// <param name="rehearse">Called for all iterations but the last, in order.</param>
    /// <param name="iterate">Called for all iterations, from the last to the first.</param>
    /// <returns>L, whose gradients by the parameters are known already; and what each iteration kept.</returns>
    public static (Tensor Total, IReadOnlyList<Tensor>[] Kept) Total(int iterations, IReadOnlyList<Tensor> start, IReadOnlyList<Tensor> parameters, Rehearsal rehearse, Iteration iterate)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(rehearse);
        ArgumentNullException.ThrowIfNull(iterate);
        using var scope = TensorScope.Begin();
        var states = new IReadOnlyList<Tensor>[iterations];
        var memories = new IReadOnlyList<Tensor>[iterations];
        states[0] = [.. start.Select(tensor => tensor.Detach())];
        memories[^1] = [];
        for (var i = 0; i < iterations - 1; i++)
        {
            using var inner = TensorScope.Begin();
            var (next, remembered) = rehearse(i, states[i]);
            states[i + 1] = [.. next.Select(tensor => inner.Keep(tensor.Detach()))];
            memories[i] = [.. remembered.Select(tensor => inner.Keep(tensor.Detach()))];
        }

        Tensor? total = null;
        var gradients = new Tensor?[parameters.Count];
        IReadOnlyList<Tensor?> incoming = [];
        var kept = new IReadOnlyList<Tensor>[iterations];
        for (var i = iterations - 1; i >= 0; i--)
        {
            using var inner = TensorScope.Begin();
            var leaves = states[i].Select(InnerGradients.Leaf).ToArray();
            var (loss, next, results) = iterate(i, leaves, memories[i]);
            var found = Differentiate([loss, .. next], [loss?.OnesLike(), .. incoming], [.. leaves, .. parameters]);
            incoming = [.. found.Take(leaves.Length).Select(gradient => gradient is null ? null : inner.Keep(gradient))];
            Accumulate(gradients, found.AsSpan(leaves.Length), inner);
            kept[i] = [.. results.Select(tensor => inner.Keep(tensor.Detach()))];
            if (loss is not null) total = inner.Keep(total is null ? loss.Detach() : total + loss.Detach());
        }
        Accumulate(gradients, Differentiate([.. start], incoming, parameters), scope);

        var known = KnownGradient.Of(total ?? throw new ArgumentException("no iteration gave a loss", nameof(iterate)),
            parameters.Zip(gradients).Where(pair => pair.Second is not null).Select(pair => (pair.First, pair.Second!)));
        foreach (var results in kept) scope.Keep(results);
        return (scope.Keep(known), kept);
    }

    private static Tensor?[] Differentiate(IReadOnlyList<Tensor?> outputs, IReadOnlyList<Tensor?> outputGradients, IReadOnlyList<Tensor> inputs)
    {
        // What nothing later depends on has no gradient, and what has no history passes none on.
        var pairs = outputs.Zip(outputGradients).Where(pair => pair.First is { RequiresGrad: true } && pair.Second is not null).ToList();
        if (pairs.Count == 0) return new Tensor?[inputs.Count];
        return InnerGradients.Of([.. pairs.Select(pair => pair.First!)], [.. inputs], [.. pairs.Select(pair => pair.Second!)]);
    }

    private static void Accumulate(Tensor?[] sums, ReadOnlySpan<Tensor?> gradients, TensorScope scope)
    {
        for (var p = 0; p < sums.Length; p++)
        {
            if (gradients[p] is not { } gradient) continue;
            using var before = sums[p];
            sums[p] = scope.Keep(before is null ? gradient : before + gradient);
        }
    }
}
