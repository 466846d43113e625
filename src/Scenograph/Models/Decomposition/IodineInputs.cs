using System.Globalization;
using Scenograph.Models.Blocks;
using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>
/// What IODINE's refinement network is shown (Greff et al. 2019, section 3.3): the image, the present decoding and its worth, and the gradients
/// of the loss, normalised. With the ClevrTex benchmark's version the parameters of the norms are <c>layer_norms.0</c> to <c>.5</c>.
/// </summary>
internal sealed class IodineInputs : Module
{
    private const double Epsilon = 1e-5;

    private readonly Iodine.Options options;
    private readonly IReadOnlyCollection<Iodine.Input> chosen;
    private readonly LayerNorm[]? norms;

    public IodineInputs(Iodine.Options options)
    {
        this.options = options;
        chosen = options.Inputs ?? Enum.GetValues<Iodine.Input>();
        var (c, h, w, size) = (options.Channels, options.Height, options.Width, options.Size);
        if (options.Version == Iodine.Version.ClevrTex && options.Normalise)
        {
            long[][] shapes = [[1, h, w], [1, h, w], [c, h, w], [1, h, w], [size], [size]];
            norms = [.. shapes.Select((shape, i) => Child(i.ToString(CultureInfo.InvariantCulture), new LayerNorm(shape, Epsilon)))];
        }
        Channels = Sum(Iodine.Input.Image, c) + Sum(Iodine.Input.Means, c) + Sum(Iodine.Input.Mask, 1) + Sum(Iodine.Input.MaskLogits, 1) + Sum(Iodine.Input.MaskPosterior, 1)
            + Sum(Iodine.Input.GradMeans, c) + Sum(Iodine.Input.GradMask, 1) + Sum(Iodine.Input.Likelihood, 1) + Sum(Iodine.Input.LeaveOneOutLikelihood, 1) + Sum(Iodine.Input.Coordinate, 2);
        VectorSize = Sum(Iodine.Input.Posterior, 2 * size) + Sum(Iodine.Input.GradPost, 2 * size);
        if (Channels == 0) throw new InputException("model.inputs names nothing that is a map; the refinement network needs at least one, such as image");

        int Sum(Iodine.Input input, int count) => Has(input) ? count : 0;
    }

    /// <summary>Channels of <see cref="Images"/>.</summary>
    public int Channels { get; }

    /// <summary>Size of <see cref="Vectors"/>, 0 where there are none.</summary>
    public int VectorSize { get; }

    /// <param name="images">x, [B, C, H, W]</param>
    /// <param name="decoding">The present one.</param>
    /// <param name="gradients">Of the loss, by means and masks.</param>
    /// <returns>[B·K, inputs, H, W]</returns>
    public Tensor Images(Tensor images, Iodine.Decoding decoding, Iodine.LossGradients gradients)
    {
        using var scope = TensorScope.Begin();
        var (means, logits) = (decoding.Means, decoding.Logits);
        var (batch, count, c, height, width) = (means.Size(0), means.Size(1), means.Size(2), means.Size(3), means.Size(4));
        var isBenchmark = options.Version == Iodine.Version.ClevrTex;
        var perComponent = decoding.Likelihoods.Sum([2], keepdim: true);                                // Σ_c ln N(x; x̂_k), [B, K, 1, H, W]

        // Each is written once, into the one map; what all components share is never laid out for each.
        var parts = new List<Tensor>();
        Add(Iodine.Input.Image, () => options.TiledImages
            // The original lays the batch out K times and then reads it as [B, K]: component k of image b sees image (b·K + k) mod B.
            ? images.Repeat([count, 1, 1, 1]).View([batch, count, c, height, width])
            : images.Unsqueeze(1).Expand([-1, count, -1, -1, -1]));
        Add(Iodine.Input.Means, () => means);
        Add(Iodine.Input.Mask, () => decoding.Masks);
        Add(Iodine.Input.MaskLogits, () => logits);
        Add(Iodine.Input.MaskPosterior, () => isBenchmark ? perComponent.LogSoftmax(1) : options.StableMaskPosterior ? perComponent.Softmax(1) : Shares(perComponent.Exp()));
        Add(Iodine.Input.GradMeans, () => Normalise(gradients.Means, 2));
        Add(Iodine.Input.GradMask, () => Normalise(gradients.Masks, 3));
        var shared = decoding.Mixture.Detach().Sum([1], keepdim: true).Unsqueeze(1);                    // ln p(x), [B, 1, 1, H, W]
        Add(Iodine.Input.Likelihood, () => Normalise(isBenchmark ? shared : shared.Exp(), 0).Expand([-1, count, -1, -1, -1]));
        Add(Iodine.Input.LeaveOneOutLikelihood, () => Normalise(isBenchmark ? LogWithoutEach(decoding) : WithoutEach(decoding.Masks.Detach(), perComponent.Detach().Exp()), 1));
        Add(Iodine.Input.Coordinate, () => PositionGrid.Coordinates(options.Height, options.Width, columnsFirst: !isBenchmark, images.DType, images.Device)
            .Unsqueeze(0).Expand([batch, count, -1, -1, -1]));
        return scope.Keep(Operators.Cat([.. parts], 2).View([batch * count, Channels, height, width]));

        void Add(Iodine.Input input, Func<Tensor> part)
        {
            if (Has(input)) parts.Add(part());
        }
    }

    /// <param name="posterior">λ, [B, K, 2L]</param>
    /// <param name="gradients">Of the loss, by λ.</param>
    /// <returns>[B·K, inputs], or null where there are none.</returns>
    public Tensor? Vectors(Tensor posterior, Iodine.LossGradients gradients)
    {
        if (VectorSize == 0) return null;
        using var scope = TensorScope.Begin();
        var parts = new List<Tensor>();
        if (Has(Iodine.Input.Posterior)) parts.Add(posterior);
        if (Has(Iodine.Input.GradPost)) parts.AddRange(gradients.Posterior.Chunk(2, -1).Select((half, i) => Normalise(half, 4 + i)));
        return scope.Keep(Operators.Cat([.. parts], 2).View([-1, VectorSize]));
    }

    private bool Has(Iodine.Input input) => chosen.Contains(input);

    /// <summary>Mean 0 and deviation 1 over a component's map or vector; with the benchmark's version by a layer norm with weights for each place.</summary>
    private Tensor Normalise(Tensor value, int norm)
    {
        if (!options.Normalise) return value;
        if (norms is not null) return norms[norm].Forward(value);
        using var scope = TensorScope.Begin();
        var isVector = norm >= 4;
        var (variance, mean) = value.VarMean(isVector ? [-1] : [-3, -2, -1], unbiased: isVector, keepdim: true);
        return scope.Keep((value - mean) / (variance.Sqrt() + Epsilon));
    }

    /// <summary>NaN where all are too small for a float, as in the original.</summary>
    private static Tensor Shares(Tensor likelihoods) => likelihoods / likelihoods.Sum([1], keepdim: true);

    /// <summary>Σ_c ln Σ_{j≠k} m'_j N(x; x̂_j), the masks m' shared out anew among the others; 0 for a component without others. [B, K, 1, H, W]</summary>
    private static Tensor LogWithoutEach(Iodine.Decoding decoding)
    {
        using var scope = TensorScope.Begin();
        using var _ = GradMode.Off();
        if (decoding.Logits.Size(1) == 1) return scope.Keep(decoding.Logits.ZerosLike());
        return scope.Keep((LogSumExpWithoutEach(decoding.Likelihoods + decoding.Logits) - LogSumExpWithoutEach(decoding.Logits)).Sum([2], keepdim: true));
    }

    /// <summary>ln Σ_{j≠k} exp a_j for each k of the second dimension.</summary>
    private static Tensor LogSumExpWithoutEach(Tensor a)
    {
        using var scope = TensorScope.Begin();
        var (top, index) = a.Max(1, keepdim: true);
        var exp = (a - top).Exp();
        // Taking a summand away again is exact enough beside the greatest one, which is 1; without the greatest itself the sum is made anew.
        var others = (exp.Sum([1], keepdim: true) - exp).Log() + top;
        var greatest = a.ZerosLike().Scatter(1, index, 1).Gt(0);
        var withoutGreatest = a.MaskedFill(greatest, double.NegativeInfinity).Logsumexp([1], keepdim: true);
        return scope.Keep(Operators.Where(greatest, withoutGreatest, others));
    }

    /// <summary>(Σ_j m_j E_j − m_k E_k) / (1 − m_k): the likelihood by the other components. All [B, K, 1, H, W].</summary>
    private static Tensor WithoutEach(Tensor masks, Tensor likelihoods)
    {
        using var scope = TensorScope.Begin();
        var shares = masks * likelihoods;
        return scope.Keep((shares.Sum([1], keepdim: true) - shares) / (1 - masks + Epsilon));
    }
}
