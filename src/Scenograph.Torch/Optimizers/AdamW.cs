namespace Scenograph.Torch;

/// <summary>Adam, with weights decayed apart from the gradient (Loshchilov and Hutter 2019, algorithm 2).</summary>
public sealed class AdamW : AdamBase
{
    /// <param name="groups">Parameters.</param>
    /// <param name="learningRate">At least 0.</param>
    /// <param name="options">Decays and the like; PyTorch's defaults if left out.</param>
    public AdamW(IEnumerable<ParameterGroup> groups, double learningRate = 1e-3, AdamOptions? options = null)
        : base(groups, learningRate, options ?? new(), defaultDecay: 0.01, decoupled: true)
    {
    }

    /// <param name="module">All its parameters form one group.</param>
    /// <param name="learningRate">At least 0.</param>
    /// <param name="options">Decays and the like; PyTorch's defaults if left out.</param>
    public AdamW(Module module, double learningRate = 1e-3, AdamOptions? options = null)
        : this([new(module.NamedParameters())], learningRate, options)
    {
    }
}
