using System.ComponentModel.DataAnnotations;

namespace Scenograph.Experiments.Toy;

/// <summary>Further options of the toy experiments.</summary>
/// <param name="BatchSize">Draws a step.</param>
/// <param name="VarianceBatch">Estimates that the variance after each step is measured on.</param>
/// <param name="LearningRate">Of the logits.</param>
/// <param name="TuneRate">Of the estimators' own parameters; null: 0.1 for NVIL, 0.01 for the others.</param>
/// <param name="Temperature">λ of CONCRETE. The published curves were made with 0.6, the code has 0.66.</param>
/// <param name="Samples">Draws of leave-one-out and vimco, classes that sum-and-sample sums over.</param>
/// <param name="OriginalEstimators">As published: REBAR's η stays 1, probabilities are clamped, NVIL's baselines are compared with all losses of a batch.</param>
/// <param name="FaithfulVariance">Measure as published, NVIL's variance too high by (number of estimates)², ln 13.8155; otherwise as it is.</param>
public sealed record ToyOptions(
    [property: Range(1, 1 << 20)] int BatchSize = 1,
    [property: Range(2, 1 << 20)] int VarianceBatch = 1000,
    [property: Range(0, 1000, MinimumIsExclusive = true)] double LearningRate = 0.01,
    [property: Range(0, 1000)] double? TuneRate = null,
    [property: Range(0, 1000, MinimumIsExclusive = true)] double Temperature = 0.6,
    [property: Range(1, 4096)] int Samples = 2,
    bool OriginalEstimators = true,
    bool FaithfulVariance = false);
