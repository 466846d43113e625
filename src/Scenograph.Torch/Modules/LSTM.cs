namespace Scenograph.Torch;

/// <summary>
/// A sequence through one layer of long short-term memory, PyTorch's formula (<see cref="LSTMCell"/>), under its names
/// <c>weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0</c>. Rows of the weights in the order i, f, g, o.
/// </summary>
public sealed class LSTM : Module
{
    private readonly Tensor weightInput, weightHidden, biasInput, biasHidden;

    /// <param name="inputs">Size of x.</param>
    /// <param name="hidden">Size of h and c.</param>
    /// <param name="random">Source of the starting values, uniform within 1/√hidden.</param>
    public LSTM(int inputs, int hidden, Generator? random = null)
    {
        Hidden = hidden;
        var bound = 1 / Math.Sqrt(hidden);
        weightInput = Parameter("weight_ih_l0", Initialise.Uniform([4 * hidden, inputs], bound, random));
        weightHidden = Parameter("weight_hh_l0", Initialise.Uniform([4 * hidden, hidden], bound, random));
        biasInput = Parameter("bias_ih_l0", Initialise.Uniform([4 * hidden], bound, random));
        biasHidden = Parameter("bias_hh_l0", Initialise.Uniform([4 * hidden], bound, random));
    }

    /// <summary>Size of h and c.</summary>
    public int Hidden { get; }

    /// <summary>All steps, from zeros.</summary>
    /// <param name="input">[B, T, inputs]</param>
    /// <returns>h of every step, [B, T, hidden].</returns>
    public Tensor Forward(Tensor input)
    {
        using var scope = TensorScope.Begin();
        var start = Operators.Zeros([1, input.Size(0), Hidden], weightInput.DType, device: weightInput.Device);
        var (states, _, _) = Operators.Lstm(input, [start, start], [weightInput, weightHidden, biasInput, biasHidden],
            hasBiases: true, numLayers: 1, dropout: 0, train: IsTraining, bidirectional: false, batchFirst: true);
        return scope.Keep(states);
    }

    /// <summary>One step.</summary>
    /// <param name="input">[B, inputs]</param>
    /// <param name="state">h and c, [B, hidden] each.</param>
    /// <returns>The new h and c, [B, hidden] each.</returns>
    public (Tensor Hidden, Tensor Cell) Step(Tensor input, (Tensor Hidden, Tensor Cell) state) =>
        Operators.LstmCell(input, [state.Hidden, state.Cell], weightInput, weightHidden, biasInput, biasHidden);

    /// <summary>Zeros to start with, of the weights' element type and device.</summary>
    public (Tensor Hidden, Tensor Cell) Start(long batch) => (Zeros(batch), Zeros(batch));

    private Tensor Zeros(long batch) => Operators.Zeros([batch, Hidden], weightHidden.DType, device: weightHidden.Device);
}
