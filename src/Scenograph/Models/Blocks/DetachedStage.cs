using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>
/// A function of independent rows, cut out of the graph around it: its output is a leaf, and as soon as the gradient by that is known, the
/// gradients by input and parameters can be taken and all memory freed, without waiting for the end of the forward pass. Where the rows
/// are too many to keep what differentiation needs, the function is computed again, a few rows at a time.
/// </summary>
/// <param name="function">Output rows from input rows; each output row depends on its own input row only.</param>
/// <param name="parameters">What else the function depends on.</param>
/// <param name="rowsAtOnce">Rows whose intermediate results may be alive together, at least 1.</param>
public sealed class DetachedStage(Func<Tensor, Tensor> function, IReadOnlyList<Tensor> parameters, long rowsAtOnce)
{
    private Tensor? input, output;

    /// <summary>Computes the output for values that nothing will be differentiated by.</summary>
    /// <param name="rows">[N, ...]</param>
    /// <returns>[N, ...], without history.</returns>
    public Tensor Evaluate(Tensor rows)
    {
        using var _ = GradMode.Off();
        using var scope = TensorScope.Begin();
        if (rows.Size(0) <= rowsAtOnce) return scope.Keep(function(rows));
        return scope.Keep(Operators.Cat([.. Parts(rows).Select(part =>
        {
            using var inner = TensorScope.Begin();
            return inner.Keep(function(part));
        })]));
    }

    /// <summary>Computes the output, to be followed by <see cref="Backward"/>. The caller's scope owns what is kept until then.</summary>
    /// <param name="rows">[N, ...]; its history is left behind.</param>
    /// <returns>[N, ...], a leaf that gradients can be taken by.</returns>
    public Tensor Forward(Tensor rows)
    {
        using var _ = GradMode.On();
        input = InnerGradients.Leaf(rows);
        if (rows.Size(0) > rowsAtOnce) return InnerGradients.Leaf(Evaluate(input));
        output = function(input);
        return InnerGradients.Leaf(output);
    }

    /// <summary>Gradients by input and parameters; frees what <see cref="Forward"/> kept.</summary>
    /// <param name="gradient">Gradient by the output.</param>
    /// <param name="ofInput">Whether the gradient by the input is wanted.</param>
    /// <param name="ofParameters">Whether the gradients by the parameters are wanted.</param>
    /// <returns>Null where it is not wanted.</returns>
    public (Tensor? Input, Tensor[]? Parameters) Backward(Tensor gradient, bool ofInput = true, bool ofParameters = true)
    {
        var rows = input ?? throw new InvalidOperationException("a stage goes backward once after it went forward");
        using var scope = TensorScope.Begin();
        using var _ = GradMode.On();
        var ofInputs = new List<Tensor>();
        Tensor[]? sums = null;
        var start = 0L;
        foreach (var part in output is null ? Parts(rows) : [rows])
        {
            using var inner = TensorScope.Begin();
            var leaf = output is null ? InnerGradients.Leaf(part) : rows;
            var result = output ?? function(leaf);
            Tensor[] by = [.. ofInput ? [leaf] : ReadOnlySpan<Tensor>.Empty, .. ofParameters ? parameters : []];
            Tensor[] found = [.. InnerGradients.Of([result], by, [gradient.Narrow(0, start, leaf.Size(0))]).Zip(by, (of, wanted) => of ?? wanted.ZerosLike())];
            start += leaf.Size(0);
            if (ofInput) ofInputs.Add(inner.Keep(found[0]));
            if (!ofParameters) continue;
            var of = found[^parameters.Count..];
            sums = sums is null ? of : Operators.ForeachAdd(sums, of);
            inner.Keep(sums);
        }
        output?.Dispose();
        rows.Dispose();
        (input, output) = (null, null);
        if (sums is not null) scope.Keep(sums);
        return (ofInput ? scope.Keep(ofInputs.Count == 1 ? ofInputs[0] : Operators.Cat([.. ofInputs])) : null, sums);
    }

    private IEnumerable<Tensor> Parts(Tensor rows)
    {
        for (var start = 0L; start < rows.Size(0); start += rowsAtOnce) yield return rows.Narrow(0, start, Math.Min(rowsAtOnce, rows.Size(0) - start));
    }
}
