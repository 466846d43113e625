using System.ComponentModel.DataAnnotations;
using Scenograph.Torch;

namespace Scenograph.Estimators;

/// <summary>Which estimator, and its options; a section of a model's options. Options of other estimators than the one named play no part.</summary>
/// <param name="Kind">The estimator.</param>
/// <param name="Temperature">λ of concrete and straight-through; where rebar's and relax's learned temperature starts. 2/3 for the first two and 1 for the others if left out.</param>
/// <param name="Samples">Draws of leave-one-out and vimco (at least 2), classes that sum-and-sample sums over.</param>
/// <param name="BroadcastBaseline">NVIL as Borea's original: all baselines of a batch against all its losses, so that none depends on its image.</param>
/// <param name="Eta">Weight of REBAR's control variate, at the start.</param>
/// <param name="LearnEta">Train it, as the paper does; the original leaves it at <paramref name="Eta"/>.</param>
/// <param name="Clamp">REBAR and RELAX: the original's clamps of probabilities at their start, 1e-9 and 1e-16. Otherwise log-probabilities as they are.</param>
/// <param name="LossParameters">REBAR and RELAX: the decoder gets the control variate's gradient too, as in the original, whose mean is 0.</param>
/// <param name="SecondDerivatives">REBAR and RELAX: differentiate the variance through the relaxed losses; false where the loss has no second derivative.</param>
public sealed record EstimatorOptions(
    EstimatorKind Kind = EstimatorKind.Relax,
    [property: Range(0, 1000, MinimumIsExclusive = true)] double? Temperature = null,
    [property: Range(1, 4096)] int Samples = 4,
    bool BroadcastBaseline = false,
    [property: Range(-1000, 1000)] double Eta = 1,
    bool LearnEta = true,
    bool Clamp = false,
    bool LossParameters = false,
    bool SecondDerivatives = true)
{
    private const double RebarClamp = 1e-9;
    private const double RelaxClamp = 1e-16;

    /// <summary>Builds the estimator.</summary>
    /// <param name="baseline">Makes NVIL's baseline, [batch.., ...] to [batch.., 1]; asked for it alone.</param>
    /// <param name="surrogate">Makes RELAX's surrogate, [.., K] to [.., K], its temperature starting at the number given; asked for it alone.</param>
    /// <param name="repetitions">Independent problems along the first axis of the batch, for REBAR and RELAX; null: one problem.</param>
    /// <exception cref="InputException">A temperature that is not above 0, too few samples.</exception>
    public GradientEstimator Create(Func<Layer> baseline, Func<double, Layer> surrogate, int? repetitions = null)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        ArgumentNullException.ThrowIfNull(surrogate);
        return Kind switch
        {
            EstimatorKind.Exact => new ExactGradient(),
            EstimatorKind.Reinforce => new Reinforce(),
            EstimatorKind.Nvil => new Nvil(baseline(), BroadcastBaseline),
            EstimatorKind.Concrete => new Concrete(Temperature ?? 2.0 / 3),
            EstimatorKind.StraightThrough => new Concrete(Temperature ?? 2.0 / 3, straightThrough: true),
            EstimatorKind.Rebar => new Rebar(new(Temperature ?? 1, Eta, LearnEta), Variant(RebarClamp, repetitions)),
            EstimatorKind.Relax => new Relax(surrogate(Temperature ?? 1), Variant(RelaxClamp, repetitions)),
            EstimatorKind.LeaveOneOut => new LeaveOneOut(Samples),
            EstimatorKind.Vimco => new Vimco(Samples),
            EstimatorKind.Disarm => new DisArm(),
            EstimatorKind.SumAndSample => new SumAndSample(Samples),
            var kind => throw new InvalidOperationException($"there is no estimator {kind}"),
        };
    }

    private ControlVariateEstimator.Variant Variant(double clamp, int? repetitions) => new(Clamp ? clamp : null, LossParameters, SecondDerivatives, Repetitions: repetitions);
}

/// <summary>The estimators by name; each class has the paper.</summary>
public enum EstimatorKind
{
    /// <summary><see cref="ExactGradient"/>: all values, no noise.</summary>
    Exact,

    /// <summary><see cref="Estimators.Reinforce"/>: one draw, no baseline.</summary>
    Reinforce,

    /// <summary><see cref="Estimators.Nvil"/>: a baseline network.</summary>
    Nvil,

    /// <summary><see cref="Estimators.Concrete"/>: relaxed values, biased.</summary>
    Concrete,

    /// <summary><see cref="Estimators.Concrete"/> with one-hot values forward and relaxed ones backward, biased.</summary>
    StraightThrough,

    /// <summary><see cref="Estimators.Rebar"/>: a control variate from the relaxation.</summary>
    Rebar,

    /// <summary><see cref="Estimators.Relax"/>: a control variate that a network learns.</summary>
    Relax,

    /// <summary><see cref="Estimators.LeaveOneOut"/>: several draws, each the others' baseline.</summary>
    LeaveOneOut,

    /// <summary><see cref="Estimators.Vimco"/>: the multi-sample bound.</summary>
    Vimco,

    /// <summary><see cref="Estimators.DisArm"/>: antithetic draws of Bernoulli variables.</summary>
    Disarm,

    /// <summary><see cref="Estimators.SumAndSample"/>: the likeliest classes exactly, a draw for the rest.</summary>
    SumAndSample,
}
