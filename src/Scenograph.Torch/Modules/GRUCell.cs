namespace Scenograph.Torch;

/// <summary>
/// Gated recurrent unit, PyTorch's formula: r = σ(W_ir x + b_ir + W_hr h + b_hr), z likewise,
/// n = tanh(W_in x + b_in + r·(W_hn h + b_hn)), h' = (1 − z)·n + z·h. Rows of the weights in the order r, z, n (Cho et al. 2014).
/// </summary>
public sealed class GRUCell : Module
{
    private readonly Tensor weightInput, weightHidden, biasInput, biasHidden;

    /// <param name="inputs">Size of x.</param>
    /// <param name="hidden">Size of h.</param>
    /// <param name="random">Source of the starting values, uniform within 1/√hidden.</param>
    /// <param name="suffix">Behind the parameters' names: <c>_l0</c> where the original is a one-layer GRU and not a cell.</param>
    public GRUCell(int inputs, int hidden, Generator? random = null, string suffix = "")
    {
        var bound = 1 / Math.Sqrt(hidden);
        weightInput = Parameter("weight_ih" + suffix, Initialise.Uniform([3 * hidden, inputs], bound, random));
        weightHidden = Parameter("weight_hh" + suffix, Initialise.Uniform([3 * hidden, hidden], bound, random));
        biasInput = Parameter("bias_ih" + suffix, Initialise.Uniform([3 * hidden], bound, random));
        biasHidden = Parameter("bias_hh" + suffix, Initialise.Uniform([3 * hidden], bound, random));
    }

    /// <param name="input">[B, inputs]</param>
    /// <param name="state">[B, hidden]</param>
    /// <returns>The new state, [B, hidden].</returns>
    public Tensor Forward(Tensor input, Tensor state)
    {
        // libtorch's cell knows no autocast: both must have the weights' precision.
        using var x = input.To(weightInput.DType);
        using var h = state.To(weightInput.DType);
        return Operators.GruCell(x, h, weightInput, weightHidden, biasInput, biasHidden);
    }
}
