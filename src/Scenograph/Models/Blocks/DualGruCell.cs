using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>
/// Two gated recurrent units side by side, one for the means of a posterior and one for its variances, that do not see each other: a GRU
/// whose matrices are block-diagonal (Emami et al. 2021, arXiv 2106.03849, section 3.1). The names are those of the one cell:
/// <c>weight_ih_1</c> [2z, z] and so on hold the rows of reset and update of one half, <c>weight_in_1</c> [z, z] those of the new state;
/// <c>bias_ih</c> [4z] and <c>bias_in</c> [2z] hold both halves, one after the other.
/// </summary>
public sealed class DualGruCell : Module
{
    private readonly int size;
    private readonly Tensor[] weightInput, weightHidden, weightInputNew, weightHiddenNew;
    private readonly Tensor biasInput, biasHidden, biasInputNew, biasHiddenNew;

    /// <param name="size">z, size of a half's input and state.</param>
    /// <param name="deviation">Deviation of the normal starting values; 1 in the original, whatever the size.</param>
    /// <param name="random">Source of the starting values.</param>
    public DualGruCell(int size, double deviation = 1, Generator? random = null)
    {
        this.size = size;
        Tensor Start(string name, params ReadOnlySpan<long> shape) => Parameter(name, Initialise.Normal(shape, 0, deviation, random));
        (weightInput, weightHidden, weightInputNew, weightHiddenNew) = (new Tensor[2], new Tensor[2], new Tensor[2], new Tensor[2]);
        for (var half = 0; half < 2; half++)
        {
            weightInput[half] = Start($"weight_ih_{half + 1}", 2 * size, size);
            weightHidden[half] = Start($"weight_hh_{half + 1}", 2 * size, size);
        }
        biasInput = Start("bias_ih", 4 * size);
        biasHidden = Start("bias_hh", 4 * size);
        for (var half = 0; half < 2; half++)
        {
            weightInputNew[half] = Start($"weight_in_{half + 1}", size, size);
            weightHiddenNew[half] = Start($"weight_hn_{half + 1}", size, size);
        }
        biasInputNew = Start("bias_in", 2 * size);
        biasHiddenNew = Start("bias_hn", 2 * size);
    }

    /// <summary>One half as an ordinary cell: rows of its weights in the order reset, update, new.</summary>
    /// <param name="WeightInput">[3z, z]</param>
    /// <param name="WeightHidden">[3z, z]</param>
    /// <param name="BiasInput">[3z]</param>
    /// <param name="BiasHidden">[3z]</param>
    public sealed record Half(Tensor WeightInput, Tensor WeightHidden, Tensor BiasInput, Tensor BiasHidden)
    {
        /// <param name="input">[N, z]</param>
        /// <param name="state">[N, z]</param>
        /// <returns>The new state, [N, z].</returns>
        public Tensor Forward(Tensor input, Tensor state) => Operators.GruCell(input, state, WeightInput, WeightHidden, BiasInput, BiasHidden);
    }

    /// <summary>The two halves, for as many steps as are wanted before the weights change.</summary>
    public (Half First, Half Second) Halves() => (HalfAt(0), HalfAt(1));

    private Half HalfAt(int half)
    {
        Tensor Rows(Tensor gates, Tensor fresh, bool shared) => Operators.Cat(shared
            ? [gates.Narrow(0, 2 * half * size, 2 * size), fresh.Narrow(0, half * size, size)]
            : [gates, fresh]);
        using var scope = TensorScope.Begin();
        return new(
            scope.Keep(Rows(weightInput[half], weightInputNew[half], shared: false)),
            scope.Keep(Rows(weightHidden[half], weightHiddenNew[half], shared: false)),
            scope.Keep(Rows(biasInput, biasInputNew, shared: true)),
            scope.Keep(Rows(biasHidden, biasHiddenNew, shared: true)));
    }
}
