using Scenograph.Estimators;
using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>Each image is explained by one of K pictures; which one is a categorical variable.</summary>
public sealed class Prototypes : Model
{
    /// <param name="Pixels">Of an image.</param>
    /// <param name="Classes">K.</param>
    /// <param name="Estimator">Of the gradient through the variable; null: RELAX.</param>
    public sealed record Options(int Pixels = 784, int Classes = 10, EstimatorOptions? Estimator = null);

    private readonly Linear encoder, decoder;
    private readonly GradientEstimator estimator;

    public Prototypes(Options options, Generator? random = null)
    {
        encoder = Child("encoder", new Linear(options.Pixels, options.Classes, random: random));
        decoder = Child("decoder", new Linear(options.Classes, options.Pixels, random: random));
        estimator = Child("estimator", (options.Estimator ?? new()).Create(
            baseline: () => new BaselineNet(options.Pixels, [64], 1, random: random),
            surrogate: temperature => new BaselineNet(options.Classes, [64], options.Classes, temperature, random)));
    }

    public override string Name => "prototypes";

    public override IReadOnlyList<ParameterGroup> ParameterGroups() => ParameterGroup.Split(this, estimator, learningRateScale: 0.2);

    public override Objective Objective(Batch batch, long step, NoiseSource noise)
    {
        using var scope = TensorScope.Begin();
        var x = batch.Images.Flatten(1);                                              // [B, pixels]
        var latent = DiscreteLatent.Categorical(encoder.Forward(x));                  // logits [B, K]
        var estimate = estimator.Estimate(latent, z => (decoder.Forward(z) - x).Square().Sum([-1]), noise, context: x);
        return new(scope.Keep(estimate.Mean()), [("reconstruction", scope.Keep(estimate.Loss.Mean()))]);
    }
}
