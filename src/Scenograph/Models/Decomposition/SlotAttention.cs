using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>
/// Slot Attention: K slots compete for N input features and are refined T times.
/// Locatello et al., "Object-Centric Learning with Slot Attention", NeurIPS 2020, arXiv 2006.15055, algorithm 1.
/// </summary>
public sealed class SlotAttention : Module
{
    /// <summary>How the slots start.</summary>
    public enum Start
    {
        /// <summary>All from one learned Gaussian, as in the paper: exchangeable slots, any number of them.</summary>
        Gaussian,

        /// <summary>Each from a learned vector of its own (Jia et al. 2023, "Improving Object-centric Learning with Query Optimization").</summary>
        Learned,

        /// <summary>
        /// At K features of the image that lie far from each other: first the one nearest to the mean, then always the one farthest from
        /// all before it (the greedy form of k-means++, Arthur and Vassilvitskii 2007). Exchangeable slots, any number of them, no draw.
        /// </summary>
        Spread,
    }

    /// <param name="Slots">K, at least 1.</param>
    /// <param name="Iterations">T, at least 1; three in the paper.</param>
    /// <param name="Size">D, width of a slot and of a feature.</param>
    /// <param name="Hidden">Width of the perceptron behind the GRU.</param>
    /// <param name="Epsilon">Added to the attention before it is normalised over positions.</param>
    /// <param name="ProjectionBias">Whether queries, keys and values have a bias: yes in the benchmark's, no in Google's code.</param>
    /// <param name="NormEpsilon">Epsilon of the layer norms: 1e-5 in PyTorch, 1e-3 in Google's code.</param>
    /// <param name="Start">How the slots start.</param>
    /// <param name="GlorotMean">Start the Gaussian's mean Glorot-uniform, as Google's code does, not from N(0, 1).</param>
    /// <param name="LastIterationGradient">Let gradients flow through the last iteration only; the first T − 1 then find a fixed point (Chang et al. 2022, arXiv 2207.00787).</param>
    public sealed record Options(int Slots = 7, int Iterations = 3, int Size = 64, int Hidden = 128, double Epsilon = 1e-8, bool ProjectionBias = true,
        double NormEpsilon = 1e-5, Start Start = Start.Gaussian, bool GlorotMean = false, bool LastIterationGradient = false);

    private readonly Options options;
    private readonly Tensor? mean, logDeviation;
    private readonly Linear toQueries, toKeys, toValues;
    private readonly GRUCell gru;
    private readonly Sequential feedForward;
    private readonly LayerNorm normInput, normSlots, normFeedForward;
    private readonly double scale;

    /// <param name="options">Sizes and variants.</param>
    /// <param name="random">Source of the starting values.</param>
    public SlotAttention(Options options, Generator? random = null)
    {
        this.options = options;
        var d = options.Size;
        scale = 1 / Math.Sqrt(d);
        if (options.Start != Start.Spread)
        {
            var slots = options.Start == Start.Learned ? options.Slots : 1;
            mean = Parameter("slots_mu", options.GlorotMean ? Initialise.XavierUniform([1, slots, d], random) : Initialise.Normal([1, slots, d], 0, 1, random));
            logDeviation = Parameter("slots_logsigma", Initialise.XavierUniform([1, 1, d], random));
        }
        toQueries = Child("to_q", new Linear(d, d, options.ProjectionBias, random));
        toKeys = Child("to_k", new Linear(d, d, options.ProjectionBias, random));
        toValues = Child("to_v", new Linear(d, d, options.ProjectionBias, random));
        if (options.Start == Start.Spread) AlignKeys();
        gru = Child("gru", new GRUCell(d, d, random));
        feedForward = Child("mlp", new Sequential(new Linear(d, options.Hidden, random: random), Activation.ReluInPlace(), new Linear(options.Hidden, d, random: random)));
        normInput = Child("norm_input", new LayerNorm([d], options.NormEpsilon));
        normSlots = Child("norm_slots", new LayerNorm([d], options.NormEpsilon));
        normFeedForward = Child("norm_pre_ff", new LayerNorm([d], options.NormEpsilon));
    }

    /// <param name="features">[B, N, D]</param>
    /// <param name="noise">One normal draw, [B, K, D].</param>
    /// <param name="slotCount">K, if not that of the options; the Gaussian start allows any number.</param>
    /// <returns>Slots [B, K, D] and the last attention [B, K, N], whose weights sum to 1 over N.</returns>
    public (Tensor Slots, Tensor Attention) Forward(Tensor features, NoiseSource noise, int? slotCount = null)
    {
        using var scope = TensorScope.Begin();
        var (batch, count, d) = (features.Size(0), slotCount ?? options.Slots, options.Size);
        var inputs = normInput.Forward(features);
        var keys = toKeys.Forward(inputs).Transpose(1, 2);                                // [B, D, N]
        var values = toValues.Forward(inputs);                                            // [B, N, D]
        var start = mean is null || logDeviation is null
            ? SpreadOver(inputs, count)
            : mean + logDeviation.Exp() * noise.Normal([batch, count, d], mean);          // [B, K, D]
        var slots = start;

        Tensor? attention = null;
        for (var t = 0; t < options.Iterations; t++)
        {
            var last = t == options.Iterations - 1;
            if (options.LastIterationGradient && last) slots = slots.Detach() + (start - start.Detach());
            using var _ = options.LastIterationGradient && !last ? GradMode.Off() : GradMode.Restore();
            var queries = toQueries.Forward(normSlots.Forward(slots)) * scale;            // [B, K, D]
            attention = queries.MatMul(keys).Softmax(1, inputs.DType) + options.Epsilon; // [B, K, N], over slots
            attention = attention / attention.Sum([2], keepdim: true);                    // weighted mean over positions
            var updates = attention.MatMul(values);
            var previous = slots;
            slots = gru.Forward(updates.Reshape([-1, d]), previous.Reshape([-1, d])).View([batch, count, d]);
            slots = slots + feedForward.Forward(normFeedForward.Forward(slots));
        }
        return (scope.Keep(slots), scope.Keep(attention!));
    }

    /// <summary>Starts the keys where the queries start, so that before any training a slot attends to what looks like it.</summary>
    private void AlignKeys()
    {
        using var _ = GradMode.Off();
        foreach (var (key, query) in toKeys.Parameters().Zip(toQueries.Parameters())) key.Copy_(query);
    }

    /// <param name="inputs">[B, N, D]</param>
    /// <param name="count">K</param>
    /// <returns>[B, K, D]: K of the inputs.</returns>
    private static Tensor SpreadOver(Tensor inputs, long count)
    {
        using var scope = TensorScope.Begin();
        var chosen = new List<Tensor>();
        using (GradMode.Off())
        {
            var features = inputs.Detach();
            var next = (features - features.Mean([1], keepdim: true)).Square().Sum([2]).Argmin(1, keepdim: true);      // [B, 1]
            var nearest = Operators.Full([features.Size(0), features.Size(1)], double.PositiveInfinity, features.DType, features.Device);
            while (chosen.Count < count)
            {
                chosen.Add(next);
                nearest = nearest.Minimum((features - Rows(features, next)).Square().Sum([2]));                          // [B, N]
                next = nearest.Argmax(1, keepdim: true);
            }
        }
        return scope.Keep(Rows(inputs, Operators.Cat([.. chosen], 1)));
    }

    /// <summary>Rows [B, K] of [B, N, D].</summary>
    private static Tensor Rows(Tensor values, Tensor indices) => values.Gather(1, indices.Unsqueeze(2).Expand([-1, -1, values.Size(2)]));
}
