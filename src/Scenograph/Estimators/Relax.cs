using Scenograph.Torch;

namespace Scenograph.Estimators;

/// <summary>
/// RELAX: REBAR whose relaxed value comes from a network that learns from the variance: f(c(z̃)) − f(c(s̃)). Grathwohl, Choi, Wu, Roeder,
/// Duvenaud, "Backpropagation through the Void", ICLR 2018, arXiv 1711.00123, equations 5 and 8. The network's output is what the loss
/// gets, as in Borea's original; the paper adds a free function to the loss of the relaxation instead.
/// </summary>
public sealed class Relax : ControlVariateEstimator
{
    private readonly Layer surrogate;

    /// <param name="surrogate">c, from ln p plus noise [.., K] to what the loss gets of it [.., K]; under <c>c_phi</c> in the state-dict.</param>
    /// <param name="variant">Variants shared with REBAR.</param>
    public Relax(Layer surrogate, Variant? variant = null)
        : base(variant ?? new()) => this.surrogate = Child("c_phi", surrogate);

    /// <inheritdoc/>
    public override string Name => "relax";

    private protected override Tensor Relaxed(Tensor perturbed) => surrogate.Forward(perturbed);
}
