using System.ComponentModel.DataAnnotations;
using Scenograph.Models.Blocks;
using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>
/// What the models of pictures of one thing share: an auto-encoder, its likelihood and, in the variants called ST, an affine transform inferred
/// from the picture that warps what is decoded. As decomposition models they have one component, the whole picture. Borea, "Structured
/// Image Decompositions using Unsupervised Object-Centric Learning", 2021 (StrImaDec).
/// </summary>
public abstract class SingleObjectModel : DecompositionModel, ILatentComponents, IBounded
{
    private const double LeastProbability = 1e-9;

    /// <summary>Distribution of the pixels.</summary>
    public enum Pixel
    {
        /// <summary>Normal around what is decoded, with a fixed variance.</summary>
        Gaussian,

        /// <summary>Black or white with the probability that is decoded.</summary>
        Bernoulli,
    }

    /// <summary>The transform of an ST variant.</summary>
    /// <param name="Hidden">Hidden layers of the net that finds it.</param>
    /// <param name="Variance">Prior variance of each of its numbers.</param>
    /// <param name="Degree">Of its polynomials.</param>
    internal sealed record TransformShape(int[] Hidden, double Variance, int Degree);

    /// <summary>Sizes and variants that all have.</summary>
    public abstract record SingleObjectOptions
    {
        /// <summary>Colour channels C of the image.</summary>
        [Range(1, 4)] public int Channels { get; init; } = 1;

        /// <summary>Rows H of the image.</summary>
        [Range(1, 4096)] public int Height { get; init; } = 28;

        /// <summary>Columns W of the image.</summary>
        [Range(1, 4096)] public int Width { get; init; } = 28;

        /// <summary>L, length of the code; of a categorical one K, the number of classes.</summary>
        [Range(1, 4096)] public int Size { get; init; } = 10;

        /// <summary>Hidden layers of the encoder, behind the convolutions where there are any.</summary>
        public int[] EncoderHidden { get; init; } = [400, 400];

        /// <summary>Hidden layers of the decoder, where it is a perceptron.</summary>
        public int[] DecoderHidden { get; init; } = [800];

        /// <summary>Convolutions in front of the encoder's hidden layers; none if left out.</summary>
        public AutoEncoder.Convolutions? EncoderConvolutions { get; init; }

        /// <summary>A spatial broadcast and convolutions in place of the decoder's hidden layers; none if left out.</summary>
        public AutoEncoder.Convolutions? DecoderConvolutions { get; init; }

        /// <summary>Distribution of the pixels.</summary>
        public Pixel Pixels { get; init; }

        /// <summary>σ² of Gaussian pixels.</summary>
        [Range(0, 1000, MinimumIsExclusive = true)] public double Variance { get; init; } = 0.15;

        internal virtual TransformShape? Transform => null;
    }

    private readonly SingleObjectOptions options;
    private readonly AutoEncoder autoEncoder;
    private readonly LocalisationNet? localisation;
    private readonly SpatialSampler? warp;

    /// <param name="options">Sizes and variants.</param>
    /// <param name="codeParameters">Numbers that the encoder gives for a code.</param>
    /// <param name="random">Source of the starting values.</param>
    private protected SingleObjectModel(SingleObjectOptions options, int codeParameters, Generator? random)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        autoEncoder = Child("model.VAE", new AutoEncoder(new(options.Channels, options.Height, options.Width, options.Size, codeParameters, options.EncoderHidden, options.DecoderHidden,
            options.Pixels == Pixel.Bernoulli ? AutoEncoder.Output.Sigmoid : AutoEncoder.Output.Linear, options.EncoderConvolutions, options.DecoderConvolutions), random));
        if (options.Transform is not { } transform) return;
        localisation = Child("model.localization_net", new LocalisationNet(options.Channels * options.Height * options.Width, transform.Hidden, transform.Variance, random, transform.Degree));
        warp = Child("model.warp", new SpatialSampler(options.Height, options.Width, transform.Degree));
        IdentityTransform = LocalisationNet.Identity(transform.Degree);
    }

    /// <inheritdoc/>
    public override (int Channels, int Height, int Width) ImageSize => (options.Channels, options.Height, options.Width);

    /// <inheritdoc/>
    public override int Components => 1;

    /// <inheritdoc/>
    public string LatentName => "code";

    /// <summary>Whether what is decoded is warped.</summary>
    public bool IsTransformed => localisation is not null;

    /// <summary>The transform that changes nothing, T numbers: six, more where <c>transform_degree</c> is above 1, none where there is no transform.</summary>
    public IReadOnlyList<float> IdentityTransform { get; } = [];

    /// <summary>Distribution of a picture's transform.</summary>
    /// <param name="Mean">[B, T]</param>
    /// <param name="LogVariance">ln σ², [B, T]</param>
    /// <param name="Divergence">From the prior, [B].</param>
    public sealed record Transform(Tensor Mean, Tensor LogVariance, Tensor Divergence)
    {
        /// <summary>A draw, [B, T].</summary>
        public Tensor Sample(NoiseSource noise)
        {
            ArgumentNullException.ThrowIfNull(noise);
            using var scope = TensorScope.Begin();
            return scope.Keep(LogVarianceGaussian.Draw(Mean, LogVariance, noise.Normal(Mean.Shape, Mean)));
        }
    }

    /// <summary>The transform of each picture; null where there is none.</summary>
    /// <param name="images">[B, C, H, W]</param>
    public Transform? Localise(Tensor images)
    {
        if (localisation is null) return null;
        using var scope = TensorScope.Begin();
        var (mean, logVariance) = localisation.Forward(images);
        return new(scope.Keep(mean), scope.Keep(logVariance), scope.Keep(localisation.Divergence(mean, logVariance)));
    }

    /// <summary>The code's parameters.</summary>
    /// <param name="images">[B, C, H, W]</param>
    private protected Tensor Encode(Tensor images) => autoEncoder.Encode(images);

    /// <summary>What codes are decoded to, before any transform.</summary>
    /// <param name="codes">[.., L]</param>
    /// <returns>[.., C, H, W]</returns>
    private protected Tensor Paint(Tensor codes) => autoEncoder.Decode(codes);

    /// <summary>What the L unit vectors are decoded to, before any transform.</summary>
    /// <returns>[L, C, H, W]</returns>
    public Tensor Prototypes() => autoEncoder.Prototypes();

    /// <summary>Pictures under transforms; themselves where there are none.</summary>
    /// <param name="pictures">[M, C, H, W]; M, or 1 for all the same.</param>
    /// <param name="transforms">[M, T], or null.</param>
    private protected Tensor Warp(Tensor pictures, Tensor? transforms)
    {
        if (warp is null || transforms is null) return pictures;
        using var scope = TensorScope.Begin();
        return scope.Keep(warp.Forward(pictures, transforms));
    }

    /// <summary>−ln p(x | x̃) without the Gaussian's constant.</summary>
    /// <param name="reconstructions">[.., C, H, W], at least four dimensions.</param>
    /// <param name="images">Broadcast against them.</param>
    /// <returns>[..]</returns>
    public Tensor NegativeLogLikelihood(Tensor reconstructions, Tensor images)
    {
        ArgumentNullException.ThrowIfNull(reconstructions);
        ArgumentNullException.ThrowIfNull(images);
        using var scope = TensorScope.Begin();
        if (options.Pixels == Pixel.Gaussian) return scope.Keep(images.SquaredDifference(reconstructions).Sum([-3, -2, -1]) * (0.5 / options.Variance));
        var (white, black) = LogProbabilities(reconstructions);
        return scope.Keep(-(images * white + (1 - images) * black).Sum([-3, -2, -1]));
    }

    /// <summary><see cref="NegativeLogLikelihood"/> of every image under each of a few pictures: two matrix products.</summary>
    /// <param name="pictures">[L, C, H, W]</param>
    /// <param name="images">[B, C, H, W]</param>
    /// <returns>[B, L]</returns>
    private protected Tensor NegativeLogLikelihoods(Tensor pictures, Tensor images)
    {
        using var scope = TensorScope.Begin();
        using var exact = Autocast.Suspend(images.Device);
        var (x, p) = (images.Flatten(1), pictures.Flatten(1));
        if (options.Pixels == Pixel.Gaussian)
        {
            var distances = x.Square().Sum([1], keepdim: true) + p.Square().Sum([1]) - x.MatMul(p.T()) * 2;
            return scope.Keep(distances * (0.5 / options.Variance));
        }
        var (white, black) = LogProbabilities(p);
        return scope.Keep(-(x.MatMul((white - black).T()) + black.Sum([1])));
    }

    private static (Tensor White, Tensor Black) LogProbabilities(Tensor probabilities) =>
        (probabilities.ClampMin(LeastProbability).Log(), (1 - probabilities).ClampMin(LeastProbability).Log());

    /// <summary>A pass with drawn latents.</summary>
    /// <param name="Parameters">Of the code, [B, P].</param>
    /// <param name="Code">[B, L]</param>
    /// <param name="Picture">What the code is decoded to, [B, C, H, W].</param>
    /// <param name="Transform">Of the transform, or null.</param>
    /// <param name="Sample">The transform that was drawn, [B, T], or null.</param>
    /// <param name="Reconstruction">[B, C, H, W]</param>
    public sealed record Output(Tensor Parameters, Tensor Code, Tensor Picture, Transform? Transform, Tensor? Sample, Tensor Reconstruction);

    /// <summary>Encodes, draws and decodes.</summary>
    /// <param name="images">[B, C, H, W]</param>
    /// <param name="noise">A draw of the code, then a normal one, [B, T], where there is a transform.</param>
    public Output Forward(Tensor images, NoiseSource noise)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(noise);
        using var scope = TensorScope.Begin();
        var parameters = scope.Keep(Encode(images));
        var code = scope.Keep(Draw(parameters, noise));
        var picture = scope.Keep(Paint(code));
        var transform = Localise(images);
        var sample = transform is null ? null : scope.Keep(transform.Sample(noise));
        var reconstruction = scope.Keep(Warp(picture, sample));
        if (transform is not null) scope.Keep([transform.Mean, transform.LogVariance, transform.Divergence]);
        return new(parameters, code, picture, transform, sample, reconstruction);
    }

    /// <summary>Draws codes.</summary>
    /// <param name="parameters">[B, P]</param>
    /// <param name="noise">One draw.</param>
    /// <returns>[B, L]</returns>
    private protected abstract Tensor Draw(Tensor parameters, NoiseSource noise);

    /// <summary>KL of the code from its prior.</summary>
    /// <param name="parameters">[B, P]</param>
    /// <returns>[B]</returns>
    private protected abstract Tensor CodeDivergence(Tensor parameters);

    /// <inheritdoc/>
    public (Tensor NegativeLogLikelihood, Tensor Divergence) Bound(Tensor images, NoiseSource noise)
    {
        using var scope = TensorScope.Begin();
        var output = Forward(images, noise);
        var divergence = CodeDivergence(output.Parameters);
        if (output.Transform is { } transform) divergence += transform.Divergence;
        return (scope.Keep(NegativeLogLikelihood(output.Reconstruction, images)), scope.Keep(divergence));
    }

    /// <inheritdoc/>
    public override Decomposition Decompose(Tensor images, NoiseSource noise, int? components = null)
    {
        using var scope = TensorScope.Begin();
        var output = Forward(images, noise);
        var code = output.Sample is { } change ? Operators.Cat([output.Code, change], 1) : output.Code;
        var result = Whole(scope, output.Reconstruction, code);
        var latents = new Dictionary<string, Tensor>(result.Latents) { ["parameters"] = scope.Keep(output.Parameters.Unsqueeze(1)) };
        return result with { Latents = latents, ClusterLogits = this is IClusterer ? latents["parameters"] : null };
    }

    /// <summary>Vectors of the code and, behind it, the transform's T numbers where there is one.</summary>
    /// <inheritdoc/>
    public Decomposition Decode(Tensor latents)
    {
        ArgumentNullException.ThrowIfNull(latents);
        using var scope = TensorScope.Begin();
        var flat = latents.Flatten(0, 1);
        var change = IsTransformed ? flat.Narrow(1, options.Size, IdentityTransform.Count) : null;
        return Whole(scope, Warp(Paint(flat.Narrow(1, 0, options.Size)), change), flat);
    }

    private Decomposition Whole(TensorScope scope, Tensor reconstruction, Tensor code)
    {
        var component = reconstruction.Unsqueeze(1);
        return new(scope.Keep(reconstruction), scope.Keep(component), scope.Keep(component.Narrow(2, 0, 1).OnesLike()),
            new Dictionary<string, Tensor> { [LatentName] = scope.Keep(code.Unsqueeze(1)) });
    }

    /// <inheritdoc/>
    public override double? ForwardOperations(int batch) => autoEncoder.ForwardOperations() is not { } operations ? null
        : batch * (operations + (options.Transform is { } transform ? AutoEncoder.Operations([options.Channels * options.Height * options.Width, .. transform.Hidden, 2 * IdentityTransform.Count]) : 0));
}
