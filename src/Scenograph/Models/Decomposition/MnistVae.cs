using System.ComponentModel.DataAnnotations;
using Scenograph.Models.Blocks;
using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>
/// The small variational auto-encoder that comes with zhixuan-lin's IODINE: perceptrons, a Gaussian code for the whole image, Bernoulli pixels.
/// Kingma and Welling, "Auto-Encoding Variational Bayes", ICLR 2014, arXiv 1312.6114. It takes nothing apart.
/// </summary>
public sealed class MnistVae : Model
{
    /// <param name="Channels">Colour channels C of the image.</param>
    /// <param name="Height">Rows H of the image.</param>
    /// <param name="Width">Columns W of the image.</param>
    /// <param name="Size">L, size of the code.</param>
    /// <param name="Hidden">Width of the hidden layers.</param>
    /// <param name="Samples">n, codes drawn for each image in training.</param>
    public sealed record Options(
        [property: Range(1, 4)] int Channels = 1,
        [property: Range(1, 4096)] int Height = 28,
        [property: Range(1, 4096)] int Width = 28,
        [property: Range(1, 4096)] int Size = 128,
        [property: Range(1, 16384)] int Hidden = 256,
        [property: Range(1, 1000)] int Samples = 1)
    {
        internal int Pixels => Channels * Height * Width;
    }

    private readonly Options options;
    private readonly Linear first, second, toMean, toLogVariance, third, toPixels;

    /// <param name="options">Sizes.</param>
    /// <param name="random">Source of the starting values.</param>
    public MnistVae(Options options, Generator? random = null)
    {
        this.options = options;
        first = Child("encoder.fc1", new Linear(options.Pixels, options.Hidden, random: random));
        second = Child("encoder.fc2", new Linear(options.Hidden, options.Hidden, random: random));
        toMean = Child("gaussian.mean_layer", new Linear(options.Hidden, options.Size, random: random));
        toLogVariance = Child("gaussian.log_var_layer", new Linear(options.Hidden, options.Size, random: random));
        third = Child("decoder.fc1", new Linear(options.Size, options.Hidden, random: random));
        toPixels = Child("decoder.fc2", new Linear(options.Hidden, options.Pixels, random: random));
    }

    /// <summary>What a pass gives.</summary>
    /// <param name="Losses">[B, n], negative evidence lower bound of each image and code.</param>
    /// <param name="Reconstructions">[B, n, C·H·W], probabilities of the pixels.</param>
    /// <param name="Mean">μ of the posterior, [B, L].</param>
    /// <param name="LogVariance">ln σ² of the posterior, [B, L].</param>
    /// <param name="Errors">[B, n], cross-entropy summed over pixels.</param>
    /// <param name="Divergences">[B], KL of the posterior from N(0, 1).</param>
    public sealed record Output(Tensor Losses, Tensor Reconstructions, Tensor Mean, Tensor LogVariance, Tensor Errors, Tensor Divergences);

    /// <inheritdoc/>
    public override string Name => "mnist-vae";

    /// <inheritdoc/>
    public override Objective Objective(Batch batch, long step, NoiseSource noise)
    {
        using var scope = TensorScope.Begin();
        var output = Forward(batch.Images, options.Samples, noise);
        return new(scope.Keep(output.Losses.Mean()), [("nll", scope.Keep(output.Errors.Mean())), ("kl", scope.Keep(output.Divergences.Mean()))]);
    }

    /// <param name="images">[B, C, H, W], values in [0, 1].</param>
    /// <param name="samples">n</param>
    /// <param name="noise">One normal draw, [B, n, L].</param>
    public Output Forward(Tensor images, int samples, NoiseSource noise)
    {
        using var scope = TensorScope.Begin();
        if (images.Count != images.Size(0) * options.Pixels)
        {
            throw new InputException($"images of {images.Size(1)}x{images.Size(2)}x{images.Size(3)}, the model takes {options.Channels}x{options.Height}x{options.Width}; "
                + "set model.channels, model.height and model.width, or give the data spec a size");
        }
        var pixels = images.Reshape([images.Size(0), options.Pixels]);
        var x = second.Forward(first.Forward(pixels).Relu()).Relu();
        var mean = toMean.Forward(x).To(images.DType);                                                  // [B, L]
        var logVariance = toLogVariance.Forward(x).To(images.DType);                                    // [B, L]
        var code = LogVarianceGaussian.Draw(mean.Unsqueeze(1), logVariance.Unsqueeze(1), noise.Normal([images.Size(0), samples, options.Size], mean));
        var logits = toPixels.Forward(third.Forward(code).Relu()).To(images.DType);                     // [B, n, C·H·W]
        var targets = pixels.Unsqueeze(1).Expand([-1, samples, -1]);
        var errors = logits.BinaryCrossEntropyWithLogits(targets, reduction: 0).Sum([2]);               // [B, n]
        var divergences = LogVarianceGaussian.DivergenceFromStandard(mean, logVariance);                 // [B]
        var losses = errors + divergences.Unsqueeze(1);
        return new(scope.Keep(losses), scope.Keep(logits.Sigmoid()), scope.Keep(mean), scope.Keep(logVariance), scope.Keep(errors), scope.Keep(divergences));
    }

    /// <summary>The repository's estimate of ln p(x): ln of the mean of exp(−loss) over several codes.</summary>
    /// <param name="images">[B, C, H, W], values in [0, 1].</param>
    /// <param name="noise">One normal draw, [B, n, L].</param>
    /// <param name="samples">n; ten in the original.</param>
    /// <returns>[B], in nats.</returns>
    public Tensor LogEvidence(Tensor images, NoiseSource noise, int samples = 10)
    {
        using var scope = TensorScope.Begin();
        using var _ = GradMode.Off();
        return scope.Keep((-Forward(images, samples, noise).Losses).Logsumexp([1]) - Math.Log(samples));
    }

    /// <inheritdoc/>
    public override double? ForwardOperations(int batch)
    {
        double hidden = options.Hidden, size = options.Size;
        return 2.0 * batch * (options.Pixels * hidden + hidden * hidden + 2 * hidden * size + options.Samples * (size * hidden + hidden * options.Pixels));
    }
}
