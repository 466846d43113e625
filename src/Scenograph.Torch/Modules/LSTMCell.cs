namespace Scenograph.Torch;

/// <summary>
/// Long short-term memory, PyTorch's formula: i, f, o = σ(W x + b_ih + V h + b_hh), g = tanh(likewise), c' = f·c + i·g,
/// h' = o·tanh(c'). Rows of the weights in the order i, f, g, o (Hochreiter and Schmidhuber 1997).
/// </summary>
public sealed class LSTMCell : Module
{
    private readonly Tensor weightInput, weightHidden;
    private readonly Tensor? biasInput, biasHidden;

    /// <param name="inputs">Size of x.</param>
    /// <param name="hidden">Size of h and c.</param>
    /// <param name="bias">Whether the two biases are there.</param>
    /// <param name="random">Source of the starting values, uniform within 1/√hidden.</param>
    /// <param name="suffix">Behind the parameters' names: <c>_l0</c> where the original is a one-layer LSTM and not a cell.</param>
    public LSTMCell(int inputs, int hidden, bool bias = true, Generator? random = null, string suffix = "")
    {
        Hidden = hidden;
        var bound = 1 / Math.Sqrt(hidden);
        weightInput = Parameter("weight_ih" + suffix, Initialise.Uniform([4 * hidden, inputs], bound, random));
        weightHidden = Parameter("weight_hh" + suffix, Initialise.Uniform([4 * hidden, hidden], bound, random));
        if (!bias) return;
        biasInput = Parameter("bias_ih" + suffix, Initialise.Uniform([4 * hidden], bound, random));
        biasHidden = Parameter("bias_hh" + suffix, Initialise.Uniform([4 * hidden], bound, random));
    }

    /// <summary>Size of h and c.</summary>
    public int Hidden { get; }

    /// <param name="input">[B, inputs]</param>
    /// <param name="state">h and c, [B, hidden] each.</param>
    /// <returns>The new h and c, [B, hidden] each.</returns>
    public (Tensor Hidden, Tensor Cell) Forward(Tensor input, (Tensor Hidden, Tensor Cell) state) =>
        Operators.LstmCell(input, [state.Hidden, state.Cell], weightInput, weightHidden, biasInput, biasHidden);

    /// <summary>Zeros to start with, of the weights' element type and device.</summary>
    public (Tensor Hidden, Tensor Cell) Start(long batch) => (Zeros(batch), Zeros(batch));

    private Tensor Zeros(long batch) => Operators.Zeros([batch, Hidden], weightHidden.DType, device: weightHidden.Device);
}
