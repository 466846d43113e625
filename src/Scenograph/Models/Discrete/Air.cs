using Scenograph.Estimators;
using Scenograph.Models.Blocks;
using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>
/// AIR: every thing that is found has a Gaussian code z_what, which is painted into its window. Eslami, Heess, Weber, Tassa, Szepesvári,
/// Kavukcuoglu, Hinton, "Attend, Infer, Repeat: Fast Scene Understanding with Generative Models", NeurIPS 2016, arXiv 1603.08575.
/// </summary>
public sealed class Air : GlimpseModel
{
    /// <summary>Sizes and variants; the defaults are StrImaDec's for MultiMNIST.</summary>
    public sealed record Options : GlimpseOptions;

    private readonly Options options;
    private readonly AutoEncoder vae;

    /// <param name="options">Sizes and variants.</param>
    /// <param name="random">Source of the starting values.</param>
    public Air(Options options, Generator? random = null) : base(options)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        vae = Child("vae", new AutoEncoder(new(options.Channels, options.Window, options.Window, options.Size, 2 * options.Size, options.EncoderHidden, options.DecoderHidden,
            AutoEncoder.Output.Absolute), random));
        DeclareRecurrence(options.Steps + 1, random);
    }

    /// <inheritdoc/>
    public override string Name => "air";

    private protected override Sight See(Tensor windows, NoiseSource noise)
    {
        using var scope = TensorScope.Begin();
        var parts = vae.Encode(windows).Chunk(2, 1);
        var (mean, logVariance) = (parts[0], parts[1]);                                           // [B, L]
        var code = LogVarianceGaussian.Draw(mean, logVariance, noise.Normal(mean.Shape, mean));
        return new(scope.Keep(code), code, [scope.Keep(mean), scope.Keep(logVariance)]);
    }

    private protected override Tensor RecurrentPresence(Tensor probability, Tensor present) => present;

    private protected override Whats Gather(Tensor windows, IReadOnlyList<Sight> sights)
    {
        var mean = Operators.Cat([.. sights.Select(sight => sight.Parameters[0])]);
        var logVariance = Operators.Cat([.. sights.Select(sight => sight.Parameters[1])]);
        return new(Operators.Cat([.. sights.Select(sight => sight.Code)]), [("mean", mean), ("log_variance", logVariance)],
            [("kl_what", LogVarianceGaussian.DivergenceFromStandard(mean, logVariance))], LogProbability: null, Transform: null);
    }

    private protected override Tensor Paint(Tensor codes, Tensor? transform) => vae.Decode(codes);

    private protected override Estimate Likelihood(Tensor images, Output output, Tensor logCounts, NoiseSource noise)
    {
        using var scope = TensorScope.Begin();
        var things = PaintAll(output);
        var count = things.Size(1);
        var products = Products(images, things);                                                  // [B, N + 1, N + 1]
        // Thing i is there where the number is above i: a sum of the values from i + 1 on.
        var tails = Operators.Ones([count + 1, count], images.DType, images.Device).Tril(-1);
        Tensor Loss(Tensor values)
        {
            var weights = values.MatMul(tails);                                                   // [S, B, N]
            var all = Operators.Cat([weights.Narrow(-1, 0, 1).Detach().OnesLike(), weights], -1); // the image itself, then the things
            return (all.Unsqueeze(-2).MatMul(products).Squeeze(-2) * all).Sum([-1]) * (0.5 / options.Variance);
        }
        return Estimator!.Estimate(DiscreteLatent.Categorical(logCounts), Loss, noise, images).KeptIn(scope);
    }

    private protected override double WindowOperations() => vae.ForwardOperations() ?? 0;
}
