using Scenograph.Torch;

namespace Scenograph.Estimators;

/// <summary>
/// REBAR: REINFORCE whose control variate is the loss of the Concrete relaxation at the same noise, η (f(z̃) − f(s̃)). Tucker, Mnih, Maddison,
/// Lawson, Sohl-Dickstein, "REBAR: Low-variance, unbiased gradient estimates for discrete latent variable models", NeurIPS 2017, arXiv
/// 1703.07370, equation 6; temperature and η learn from the variance (section 3.2).
/// </summary>
public sealed class Rebar : ControlVariateEstimator
{
    /// <param name="Temperature">λ at the start, above 0.</param>
    /// <param name="Eta">η at the start.</param>
    /// <param name="LearnEta">Train η, as the paper does. False as in Borea's original, where it stays as it is.</param>
    public sealed record Options(double Temperature = 1, double Eta = 1, bool LearnEta = true);

    private readonly Tensor logTemperature;
    private readonly Tensor? eta;
    private readonly double fixedEta;

    /// <param name="options">Starting values.</param>
    /// <param name="variant">Variants shared with RELAX.</param>
    /// <exception cref="InputException">The temperature is not above 0.</exception>
    public Rebar(Options? options = null, Variant? variant = null)
        : base(variant ?? new())
    {
        options ??= new();
        long[] shape = Repetitions is { } count ? [count] : [];
        logTemperature = Parameter("log_temp", Operators.Full(shape, Math.Log(CheckedTemperature(options.Temperature, "the temperature of REBAR")), dtype: DType.Float32));
        if (options.LearnEta) eta = Parameter("eta", Operators.Full(shape, options.Eta, dtype: DType.Float32));
        fixedEta = options.Eta;
    }

    /// <inheritdoc/>
    public override string Name => "rebar";

    /// <summary>ln λ, [] or [R].</summary>
    public Tensor LogTemperature => logTemperature;

    private protected override Tensor? Weight => eta ?? (fixedEta == 1 ? null : logTemperature.FullLike(fixedEta));

    private protected override Tensor Relaxed(Tensor perturbed) => ClassAxis.Softmax(perturbed / Spread(logTemperature.Exp(), perturbed.Dimensions - 1));
}
