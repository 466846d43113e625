using System.ComponentModel.DataAnnotations;
using Scenograph.Models.Blocks;
using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>
/// The variational auto-encoder with a Gaussian code, and VAE-ST, whose decoder is followed by an inferred affine transform. Kingma and Welling,
/// "Auto-Encoding Variational Bayes", ICLR 2014, arXiv 1312.6114; networks of StrImaDec.
/// </summary>
public sealed class Vae : SingleObjectModel
{
    /// <summary>Of <c>vae</c>.</summary>
    public sealed record Options : SingleObjectOptions;

    /// <summary>Of <c>vae-st</c>.</summary>
    public sealed record StOptions : SingleObjectOptions
    {
        /// <summary>Hidden layers of the net that finds the transform.</summary>
        public int[] LocalisationHidden { get; init; } = [400, 400];

        /// <summary>Prior variance of each of the transform's numbers.</summary>
        [Range(0, 1000, MinimumIsExclusive = true)] public double TransformVariance { get; init; } = 0.01;

        /// <summary>Degree of the polynomials in X and Y that move points. 1: affine, as published; above, ours: pictures are bent as well.</summary>
        [Range(1, 5)] public int TransformDegree { get; init; } = 1;

        internal override TransformShape? Transform => new(LocalisationHidden, TransformVariance, TransformDegree);
    }

    /// <param name="options">Those of either variant.</param>
    /// <param name="random">Source of the starting values.</param>
    public Vae(SingleObjectOptions options, Generator? random = null) : base(options, 2 * options.Size, random)
    {
    }

    /// <inheritdoc/>
    public override string Name => IsTransformed ? "vae-st" : "vae";

    /// <inheritdoc/>
    public override Objective Objective(Batch batch, long step, NoiseSource noise)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var scope = TensorScope.Begin();
        var output = Forward(batch.Images, noise);
        var terms = new List<(string Name, Tensor Value)>
        {
            ("nll", scope.Keep(NegativeLogLikelihood(output.Reconstruction, batch.Images).Mean())),
            ("kl", scope.Keep(CodeDivergence(output.Parameters).Mean())),
        };
        if (output.Transform is { } transform) terms.Add(("kl_transform", scope.Keep(transform.Divergence.Mean())));
        return new(scope.Keep(terms.Select(term => term.Value).Aggregate((a, b) => a + b)), terms);
    }

    private protected override Tensor Draw(Tensor parameters, NoiseSource noise)
    {
        using var scope = TensorScope.Begin();
        var parts = parameters.Chunk(2, 1);
        return scope.Keep(LogVarianceGaussian.Draw(parts[0], parts[1], noise.Normal(parts[0].Shape, parts[0])));
    }

    private protected override Tensor CodeDivergence(Tensor parameters)
    {
        using var scope = TensorScope.Begin();
        var parts = parameters.Chunk(2, 1);
        return scope.Keep(LogVarianceGaussian.DivergenceFromStandard(parts[0], parts[1]));
    }
}
