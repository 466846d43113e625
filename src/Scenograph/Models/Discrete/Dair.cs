using Scenograph.Models.Blocks;
using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>
/// DAIR: AIR whose things are one of L prototypes each, turned, stretched and moved inside its window by an affine transform. Borea,
/// "Structured Image Decompositions using Unsupervised Object-Centric Learning", 2021.
/// </summary>
public sealed class Dair : GlimpseModel
{
    /// <summary>Sizes and variants; the defaults are StrImaDec's for MultiMNIST.</summary>
    public sealed record Options : GlimpseOptions
    {
        /// <summary>The published sizes.</summary>
        public Options()
        {
            (BaselineHidden, EncoderHidden, DecoderHidden) = ([400], [400, 400], [800]);
            (Variance, PresenceStart) = (0.3, 1);
        }

        /// <summary>Hidden layers of the net that finds the transform.</summary>
        public int[] LocalisationHidden { get; init; } = [400, 400];

        /// <summary>Prior variance of each of the transform's six numbers.</summary>
        [System.ComponentModel.DataAnnotations.Range(0, 1000, MinimumIsExclusive = true)]
        public double TransformVariance { get; init; } = 0.01;
    }

    private readonly Options options;
    private readonly AutoEncoder vae;
    private readonly LocalisationNet localisation;
    private readonly AffineSampler warp;

    /// <param name="options">Sizes and variants.</param>
    /// <param name="random">Source of the starting values.</param>
    public Dair(Options options, Generator? random = null) : base(options)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        Buffer("prior_latent_probs_what", Operators.Full([1, options.Steps, options.Size], 1.0 / options.Size));
        vae = Child("vae", new AutoEncoder(new(options.Channels, options.Window, options.Window, options.Size, options.Size, options.EncoderHidden, options.DecoderHidden,
            AutoEncoder.Output.Absolute), random));
        localisation = Child("localization_net", new LocalisationNet(options.Channels * options.Window * options.Window, options.LocalisationHidden, options.TransformVariance, random));
        warp = Child("warp", new AffineSampler(options.Window, options.Window));
        DeclareRecurrence(random);
    }

    /// <inheritdoc/>
    public override string Name => "dair";

    /// <summary>What the L classes look like before any transform.</summary>
    /// <returns>[L, C, h, w]</returns>
    public Tensor Prototypes() => vae.Prototypes();

    private protected override Sight See(Tensor windows, NoiseSource noise)
    {
        using var scope = TensorScope.Begin();
        var logits = vae.Encode(windows);                                                         // [B, L]
        var chosen = noise.Categorical(logits.Detach());
        var code = chosen.OneHot(options.Size).To(logits.DType);
        var epsilon = noise.Normal([windows.Size(0), 6], logits);
        return new(scope.Keep(code), scope.Keep(logits), [logits, scope.Keep(epsilon)]);
    }

    /// <summary>The probability, as it is told the logits of the class, not the class: nothing that is drawn but the place comes back.</summary>
    private protected override Tensor RecurrentPresence(Tensor probability, Tensor present) => probability;

    private protected override Whats Gather(Tensor windows, IReadOnlyList<Sight> sights)
    {
        var logits = Operators.Cat([.. sights.Select(sight => sight.Recurrent)]);
        var code = Operators.Cat([.. sights.Select(sight => sight.Code)]);
        var (mean, logVariance) = localisation.Forward(windows);
        var transform = mean + (logVariance * 0.5).Exp() * Operators.Cat([.. sights.Select(sight => sight.Parameters[1])]);
        var log = logits.LogSoftmax(1);
        var what = (log.Exp() * (log + Math.Log(options.Size))).Sum([1]);
        return new(code, [("logits", logits), ("transform_mean", mean), ("transform_log_variance", logVariance)],
            [("kl_what", what), ("kl_transform", localisation.Divergence(mean, logVariance))], (log * code).Sum([1]), transform);
    }

    private protected override Tensor Paint(Tensor codes, Tensor? transform)
    {
        using var scope = TensorScope.Begin();
        // L pictures are decoded, however many windows want one.
        var prototypes = vae.Prototypes().IndexSelect(0, codes.Argmax(1));
        return scope.Keep(warp.Forward(prototypes, transform!.View([-1, 2, 3])));
    }

    private protected override double WindowOperations() => 2 * (vae.ForwardOperations() ?? 0)
        + AutoEncoder.Operations([options.Channels * options.Window * options.Window, .. options.LocalisationHidden, 12]);
}
