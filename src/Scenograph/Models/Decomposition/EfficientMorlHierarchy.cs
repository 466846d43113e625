using Scenograph.Models.Blocks;
using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>
/// EfficientMORL's first stage: L stochastic layers of slots, each from slot attention over the image's features, that share all their
/// weights (Emami et al. 2021, arXiv 2106.03849, section 3.1); with the prior net between layers and the image decoder.
/// </summary>
internal sealed class EfficientMorlHierarchy : Module
{
    private const int Kernel = 5;
    private const double AttentionFloor = 1e-8;

    private readonly EfficientMorl.Options options;
    private readonly Tensor initialPosterior;
    private readonly Linear projection, toQueries, toKeys, toValues, priorMean, priorVariance;
    private readonly Sequential convolutions, perceptron, meanPerceptron, variancePerceptron, priorHidden;
    private readonly LayerNorm normSlots, normMean, normVariance;
    private readonly DualGruCell gru;

    public EfficientMorlHierarchy(EfficientMorl.Options options, Generator? random)
    {
        this.options = options;
        var (z, filters) = (options.Size, options.Filters);
        initialPosterior = Parameter("init_posterior", Operators.Cat([Operators.Zeros([1, z]), Operators.Ones([1, z])], 1));
        projection = Child("pos_embed_projection", new Linear(4, filters, random: random));
        convolutions = Child("encoder_pt_1", new Sequential([.. options.EncoderStridesOrDefault.SelectMany((stride, i) => new Layer[]
        {
            new Conv2d(i == 0 ? options.Channels : filters, filters, Kernel, stride, padding: Kernel / 2, random: random),
            Activation.ReluInPlace(),
        })]));
        perceptron = Child("encoder_pt_2", new Sequential(new LayerNorm(filters), new Linear(filters, filters, random: random), Activation.ReluInPlace(), new Linear(filters, filters, random: random)));
        normSlots = Child("norm_slots", new LayerNorm(z));
        normMean = Child("norm_mu_pre_ff", new LayerNorm(z));
        normVariance = Child("norm_softplus_pre_ff", new LayerNorm(z));
        toQueries = Child("to_q", new Linear(z, z, bias: false, random));
        toKeys = Child("to_k", new Linear(filters, z, bias: false, random));
        toValues = Child("to_v", new Linear(filters, z, bias: false, random));
        gru = Child("gru.cell", new DualGruCell(z, options.InitialRecurrence, random));
        meanPerceptron = Child("mlp_mu", new Sequential(new Linear(z, 2 * z, random: random), Activation.ReluInPlace(), new Linear(2 * z, z, random: random)));
        variancePerceptron = Child("mlp_softplus", new Sequential(new Linear(z, 2 * z, random: random), Activation.ReluInPlace(), new Linear(2 * z, z, random: random)));
        Decoder = Child("image_decoder", new EfficientMorlDecoder(options, random));
        priorHidden = Child("indep_prior.z_linear", new Sequential(new Linear(z, options.PriorHidden, random: random), Activation.EluInPlace()));
        priorMean = Child("indep_prior.z_mu", new Linear(options.PriorHidden, z, random: random));
        priorVariance = Child("indep_prior.z_softplus", new Linear(options.PriorHidden, z, random: random));
        foreach (var part in (Module[])[convolutions, perceptron, toQueries, toKeys, toValues, meanPerceptron, variancePerceptron, Decoder, priorHidden, priorMean, priorVariance])
        {
            XavierStart.Apply(part, options.InitialGain, random);
        }
    }

    /// <summary>Paints slots.</summary>
    public EfficientMorlDecoder Decoder { get; }

    /// <summary>What <see cref="Encode"/> depends on.</summary>
    public Tensor[] EncoderParameters() => [.. convolutions.Parameters(), .. projection.Parameters(), .. perceptron.Parameters(), .. toKeys.Parameters(), .. toValues.Parameters()];

    /// <param name="images">[B, C, H, W], colours in [−1, 1].</param>
    /// <returns>Keys and values, [B, P, 2z], in the images' element type.</returns>
    public Tensor Encode(Tensor images)
    {
        using var scope = TensorScope.Begin();
        var x = convolutions.Forward(images.Contiguous(MemoryFormat.ChannelsLast)).Permute([0, 2, 3, 1]);               // [B, h, w, D]
        var grid = PositionGrid.EdgeDistances(x.Size(1), x.Size(2), images).Permute([0, 2, 3, 1]);
        x = perceptron.Forward((x + projection.Forward(grid)).View([x.Size(0), -1, options.Filters]));                 // [B, P, D]
        var both = Operators.Linear(x, Operators.Cat([toKeys.Weight, toValues.Weight]));
        return scope.Keep(both.To(images.DType));                                                                       // float32 again after autocast
    }

    /// <summary>The posteriors' parameters of all layers, from the bottom up.</summary>
    /// <param name="keysAndValues">[B, P, 2z]</param>
    /// <param name="components">K</param>
    /// <param name="noise">L normal draws, [B·K, z]: the first slots, then those of every layer but the last.</param>
    /// <param name="attentions">Gets the attention of each layer, [B, K, P], if wanted.</param>
    /// <returns>λ = [mean | s] of each layer, [B·K, 2z].</returns>
    public Tensor[] Posteriors(Tensor keysAndValues, long components, NoiseSource noise, List<Tensor>? attentions)
    {
        using var scope = TensorScope.Begin();
        using var exact = Autocast.Suspend(keysAndValues.Device);
        var (batch, z) = (keysAndValues.Size(0), options.Size);
        var keys = keysAndValues.Narrow(2, 0, z).Transpose(1, 2);                                                       // [B, z, P]
        var values = keysAndValues.Narrow(2, z, z);                                                                     // [B, P, z]
        var (meanCell, varianceCell) = gru.Halves();

        var start = initialPosterior.Expand([batch * components, -1]).Chunk(2, 1);
        var (mean, unbounded) = (start[0].Contiguous(), start[1].Contiguous());
        var slots = SoftplusGaussian.Of(mean, unbounded).Sample(noise);                                                 // [B·K, z]
        var lambdas = new Tensor[options.Layers];
        for (var layer = 0; layer < options.Layers; layer++)
        {
            var queries = toQueries.Forward(normSlots.Forward(slots)).View([batch, components, z]) * (1 / Math.Sqrt(z));
            var attention = queries.MatMul(keys).Softmax(1) + AttentionFloor;                                           // [B, K, P], over slots
            var updates = (attention.MatMul(values) / attention.Sum([2], keepdim: true)).View([-1, z]);                 // weighted mean over places
            mean = meanCell.Forward(updates, mean);
            unbounded = varianceCell.Forward(updates, unbounded);
            mean = mean + meanPerceptron.Forward(normMean.Forward(mean));
            unbounded = unbounded + variancePerceptron.Forward(normVariance.Forward(unbounded));
            lambdas[layer] = scope.Keep(Operators.Cat([mean, unbounded], 1));
            if (layer < options.Layers - 1) slots = SoftplusGaussian.Of(mean, unbounded).Sample(noise);
            attentions?.Add(scope.Keep(attention.Detach()));
        }
        return lambdas;
    }

    /// <summary>p(z^l | z^(l+1)), or p(z^l | z^(l−1)) where the prior goes bottom-up.</summary>
    /// <param name="slots">[N, z]</param>
    public SoftplusGaussian Prior(Tensor slots)
    {
        using var scope = TensorScope.Begin();
        using var exact = Autocast.Suspend(slots.Device);
        var hidden = priorHidden.Forward(slots);
        var result = SoftplusGaussian.Of(priorMean.Forward(hidden), priorVariance.Forward(hidden));
        scope.Keep([result.Mean, result.Variance]);
        return result;
    }

    /// <summary>Multiplications and additions of <see cref="Encode"/> and <see cref="Posteriors"/> for one image.</summary>
    public double Operations
    {
        get
        {
            var (height, width, inputs) = ((double)options.Height, (double)options.Width, (double)options.Channels);
            double sum = 0, z = options.Size, d = options.Filters;
            foreach (var stride in options.EncoderStridesOrDefault)
            {
                (height, width) = (Math.Ceiling(height / stride), Math.Ceiling(width / stride));
                sum += 2 * height * width * Kernel * Kernel * inputs * d;
                inputs = d;
            }
            var places = height * width;
            return sum + 2 * places * d * (2 * d + 2 * z) + options.Layers * options.Slots * (4 * places * z + 2 * z * z * 21);
        }
    }
}
