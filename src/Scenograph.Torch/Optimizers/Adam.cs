namespace Scenograph.Torch;

/// <summary>Adam, with weight decay as part of the gradient (Kingma and Ba 2015, algorithm 1).</summary>
public sealed class Adam : AdamBase
{
    /// <param name="groups">Parameters.</param>
    /// <param name="learningRate">At least 0.</param>
    /// <param name="options">Decays and the like; PyTorch's defaults if left out.</param>
    public Adam(IEnumerable<ParameterGroup> groups, double learningRate = 1e-3, AdamOptions? options = null)
        : base(groups, learningRate, options ?? new(), defaultDecay: 0, decoupled: false)
    {
    }

    /// <param name="module">All its parameters form one group.</param>
    /// <param name="learningRate">At least 0.</param>
    /// <param name="options">Decays and the like; PyTorch's defaults if left out.</param>
    public Adam(Module module, double learningRate = 1e-3, AdamOptions? options = null)
        : this([new(module.NamedParameters())], learningRate, options)
    {
    }
}
