using System.ComponentModel.DataAnnotations;
using Scenograph.Estimators;
using Scenograph.Models.Blocks;
using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>
/// What AIR and DAIR share: a recurrent net looks at the image again and again and says whether there is another thing (z_pres), where (z_where:
/// a window) and, from the window, what (z_what). Windows are painted and added up. Whether there is a thing is discrete, and its gradient
/// comes from NVIL. Eslami et al., "Attend, Infer, Repeat", NeurIPS 2016, arXiv 1603.08575; StrImaDec (Borea 2021).
/// </summary>
public abstract class GlimpseModel : DecompositionModel
{
    private const double ProbabilityBound = 15.942385; // ln(1/ε − 1) of float32's ε, between which PyTorch keeps logits of probabilities

    /// <summary>What the score function is multiplied with.</summary>
    public enum LearningSignal
    {
        /// <summary>The image's likelihood and the divergences that a decision has a part in: the paper's.</summary>
        Bound,

        /// <summary>The likelihood alone, as the published numbers have it.</summary>
        Likelihood,
    }

    /// <summary>Sizes and variants of AIR and DAIR; their defaults differ.</summary>
    public abstract record GlimpseOptions
    {
        /// <summary>Colour channels C of the image.</summary>
        [Range(1, 4)] public int Channels { get; init; } = 1;

        /// <summary>Rows H of the image.</summary>
        [Range(2, 4096)] public int Height { get; init; } = 64;

        /// <summary>Columns W of the image.</summary>
        [Range(2, 4096)] public int Width { get; init; } = 64;

        /// <summary>N, glimpses an image; the most things that are found.</summary>
        [Range(1, 100)] public int Steps { get; init; } = 3;

        /// <summary>Rows and columns of a window.</summary>
        [Range(1, 1024)] public int Window { get; init; } = 28;

        /// <summary>L, size of z_what.</summary>
        [Range(1, 4096)] public int Size { get; init; } = 10;

        /// <summary>Size of the recurrent nets' hidden state.</summary>
        [Range(1, 16384)] public int State { get; init; } = 256;

        /// <summary>Hidden layers of the recurrent net.</summary>
        public int[] RnnHidden { get; init; } = [400];

        /// <summary>Hidden layers of the baseline's recurrent net.</summary>
        public int[] BaselineHidden { get; init; } = [256, 256];

        /// <summary>Hidden layers of the window's encoder.</summary>
        public int[] EncoderHidden { get; init; } = [400];

        /// <summary>Hidden layers of the window's decoder.</summary>
        public int[] DecoderHidden { get; init; } = [400];

        /// <summary>σ² of the pixels.</summary>
        [Range(0, 1000, MinimumIsExclusive = true)] public double Variance { get; init; } = 0.2;

        /// <summary>π, prior probability that there is another thing.</summary>
        [Range(0, 1, MinimumIsExclusive = true, MaximumIsExclusive = true)] public double PriorPresence { get; init; } = 0.01;

        /// <summary>π at the start of training, from which it falls geometrically; null: it is constant, as published.</summary>
        [Range(0, 1, MinimumIsExclusive = true, MaximumIsExclusive = true)] public double? PriorPresenceStart { get; init; }

        /// <summary>Steps of the optimiser until π is <see cref="PriorPresence"/>, where it has a start of its own.</summary>
        [Range(1, int.MaxValue)] public int PriorPresenceSteps { get; init; } = 1000;

        /// <summary>Logit of presence before any training.</summary>
        [Range(-20.0, 20.0)] public double PresenceStart { get; init; } = 2;

        /// <summary>Prior mean of a window's scale s: the image is so many windows wide.</summary>
        [Range(0, 1000, MinimumIsExclusive = true)] public double PriorScale { get; init; } = 3;

        /// <summary>Prior variance of s.</summary>
        [Range(0, 1000, MinimumIsExclusive = true)] public double PriorScaleVariance { get; init; } = 0.01;

        /// <summary>Prior variance of tx and ty.</summary>
        [Range(0, 1000, MinimumIsExclusive = true)] public double PriorShiftVariance { get; init; } = 1;

        /// <summary>
        /// Where the gradient of what is discrete comes from, in place of NVIL with a recurrent baseline as published: in AIR of the number of
        /// things, 0 to N; in DAIR of the classes, while numbers of things are summed over. Left out: as published.
        /// </summary>
        public EstimatorOptions? Estimator { get; init; }

        /// <summary>What the published NVIL's score function is multiplied with.</summary>
        public LearningSignal Signal { get; init; }

        /// <summary>Factor on the learning rate of the baseline, and of an estimator's own parameters.</summary>
        [Range(0, 1e6)] public double BaselineRate { get; init; } = 100;

        /// <summary>Brightness above which a painted pixel counts as covered by its thing, for masks.</summary>
        [Range(0, 1, MinimumIsExclusive = true)] public double CoverThreshold { get; init; } = 0.1;

        internal int Pixels => Channels * Height * Width;
    }

    private readonly GlimpseOptions options;
    private readonly Tensor priorMean, priorVariance;
    private GlimpseNet? rnn, baseline;
    private GradientEstimator? estimator;

    private protected GlimpseModel(GlimpseOptions options)
    {
        this.options = options;
        priorMean = Buffer("prior_mean_z_where", Operators.Zeros([3]));
        priorVariance = Buffer("prior_var_z_where", Operators.Ones([3]));
        using var _ = GradMode.Off();
        using var scope = TensorScope.Begin();
        priorMean.Narrow(0, 0, 1).Fill_(options.PriorScale);
        priorVariance.Copy_(Tensor.From<double>([options.PriorScaleVariance, options.PriorShiftVariance, options.PriorShiftVariance], [3]));
    }

    /// <summary>Registered behind what derived models declare, in the order of the original's state-dict.</summary>
    /// <param name="classes">Of each discrete variable that an estimator sees.</param>
    /// <param name="random">Source of the starting values.</param>
    private protected void DeclareRecurrence(int classes, Generator? random)
    {
        Window = Child("window", new AttentionWindow(options.Height, options.Width, options.Window, options.Window));
        var latents = 4 + options.Size;
        rnn = Child("rnn", new GlimpseNet(options.Pixels, latents, options.State, options.RnnHidden, [options.PresenceStart, options.PriorScale, 0, 0, -3, -3, -3], random));
        if (options.Estimator is not { } chosen)
        {
            baseline = Child("baseline", new GlimpseNet(options.Pixels, latents, options.State, options.BaselineHidden, [options.PresenceStart], random));
            return;
        }
        if (chosen.Kind == EstimatorKind.Disarm) throw new InputException("model.estimator.kind is disarm, which is for variables of two values; number and class of things have more (leave-one-out takes any)");
        estimator = Child("", chosen.Create(
            () => new BaselineNet(options.Pixels, options.BaselineHidden, 1, random: random),
            start => new BaselineNet(classes, options.EncoderHidden, classes, start, random)));
    }

    /// <summary>In place of the published NVIL, or null.</summary>
    private protected GradientEstimator? Estimator => estimator;

    private protected AttentionWindow Window { get; private set; } = null!;

    /// <inheritdoc/>
    public override (int Channels, int Height, int Width) ImageSize => (options.Channels, options.Height, options.Width);

    /// <inheritdoc/>
    public override int Components => options.Steps;

    /// <summary>Masks cover things only.</summary>
    public override bool MasksHaveBackground => false;

    /// <summary>It can look more often, or less.</summary>
    public override bool TakesAnyNumberOfComponents => true;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterGroup> ParameterGroups()
    {
        var tuned = (estimator?.NamedParameters() ?? baseline!.NamedParameters().Select(p => ($"baseline.{p.Name}", p.Value))).ToList();
        var names = tuned.Select(p => p.Item1).ToHashSet(StringComparer.Ordinal);
        var own = new ParameterGroup(NamedParameters().Where(p => !names.Contains(p.Name)));
        return tuned.Count == 0 ? [own] : [own, new(tuned, options.BaselineRate)];
    }

    /// <summary>What was seen in a window.</summary>
    /// <param name="Code">z_what, what is painted, [B, L].</param>
    /// <param name="Recurrent">What the next glimpse is told of it, [B, L].</param>
    /// <param name="Parameters">Of the distributions behind it, and draws that are used later, each [B, ...].</param>
    private protected sealed record Sight(Tensor Code, Tensor Recurrent, IReadOnlyList<Tensor> Parameters);

    /// <summary>Looks into the windows of one step.</summary>
    private protected abstract Sight See(Tensor windows, NoiseSource noise);

    /// <summary>What the next glimpse is told of presence.</summary>
    /// <param name="probability">[B, 1]</param>
    /// <param name="present">[B, 1], 0 or 1.</param>
    private protected abstract Tensor RecurrentPresence(Tensor probability, Tensor present);

    /// <summary>What follows from all windows at once, once all steps are done.</summary>
    /// <param name="windows">[N·B, C, h, w], the first step's first.</param>
    /// <param name="sights">One a step.</param>
    private protected abstract Whats Gather(Tensor windows, IReadOnlyList<Sight> sights);

    /// <summary>z_what of all steps, one row a window, the first step's first.</summary>
    /// <param name="Code">[N·B, L]</param>
    /// <param name="Parameters">By name, each [N·B, ...].</param>
    /// <param name="Divergences">KL by name of the term, each [N·B].</param>
    /// <param name="LogProbability">Of a discrete code, [N·B], or null.</param>
    /// <param name="Transform">Change of the painted window, [N·B, T], or null.</param>
    private protected sealed record Whats(Tensor Code, IReadOnlyList<(string Name, Tensor Value)> Parameters, IReadOnlyList<(string Name, Tensor Value)> Divergences,
        Tensor? LogProbability, Tensor? Transform);

    /// <summary>Paints windows.</summary>
    /// <param name="codes">[M, L]</param>
    /// <param name="transform">[M, T], or null.</param>
    /// <returns>[M, C, h, w]</returns>
    private protected abstract Tensor Paint(Tensor codes, Tensor? transform);

    /// <summary>All steps of a pass; one step behind the other along the second axis.</summary>
    /// <param name="Presence">z_pres, [B, N, 1], 0 or 1; 1 throughout where numbers of things are summed over.</param>
    /// <param name="Logits">Of presence, given that all before are present, [B, N, 1].</param>
    /// <param name="Mask">Presence of the step before, [B, N].</param>
    /// <param name="Where">z_where, [B, N, 3].</param>
    /// <param name="WhereMean">[B, N, 3]</param>
    /// <param name="WhereLogVariance">[B, N, 3]</param>
    /// <param name="Code">z_what, [B, N, L].</param>
    /// <param name="Parameters">Of z_what's distributions by name, each [B, N, ...].</param>
    /// <param name="Divergences">KL of each latent by the name of its term but presence, each [B, N], not masked.</param>
    /// <param name="LogProbability">Of a discrete z_what, [B, N], not masked; or null.</param>
    /// <param name="Transform">[B, N, T], or null.</param>
    /// <param name="Baseline">[B, N], masked; null where none was asked for.</param>
    public sealed record Output(Tensor Presence, Tensor Logits, Tensor Mask, Tensor Where, Tensor WhereMean, Tensor WhereLogVariance, Tensor Code,
        IReadOnlyDictionary<string, Tensor> Parameters, IReadOnlyList<(string Name, Tensor Value)> Divergences, Tensor? LogProbability, Tensor? Transform, Tensor? Baseline)
    {
        /// <summary>ln q of the presence that was drawn, masked, [B, N].</summary>
        public Tensor LogPresence()
        {
            using var scope = TensorScope.Begin();
            var logits = Logits.Squeeze(2).Clamp(-ProbabilityBound, ProbabilityBound);
            var present = Presence.Squeeze(2);
            return scope.Keep(((present * 2 - 1) * logits).LogSigmoid() * Mask);
        }
    }

    /// <summary>Looks N times.</summary>
    /// <param name="images">[B, C, H, W]</param>
    /// <param name="noise">A step: Bernoulli [B, 1], normal [B, 3], then what z_what draws.</param>
    /// <param name="steps">N, if not that of the options.</param>
    /// <param name="withBaseline">Whether the baseline is wanted.</param>
    /// <param name="allPresent">Draw no presence: every step is taken as if there were a thing.</param>
    public Output Forward(Tensor images, NoiseSource noise, int? steps = null, bool withBaseline = false, bool allPresent = false)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(noise);
        using var scope = TensorScope.Begin();
        var (batch, count) = (images.Size(0), steps ?? options.Steps);
        var pixels = images.Reshape([batch, -1]);
        var (seen, seenByBaseline) = (rnn!.See(pixels), withBaseline ? baseline!.See(pixels) : null);
        var (state, baselineState) = (seen.Start, seenByBaseline?.Start);
        var latents = Operators.Ones([batch, 4 + options.Size], images.DType, images.Device);
        var mask = Operators.Ones([batch, 1], images.DType, images.Device);
        var glimpses = new List<Glimpse>();
        for (var i = 0; i < count; i++)
        {
            (var output, state) = rnn.Forward(seen, latents, state);
            Tensor? expected = null;
            if (seenByBaseline is not null)
            {
                (expected, baselineState) = baseline!.Forward(seenByBaseline, latents.Detach(), baselineState!);
                expected *= mask;
            }
            var logit = output.Narrow(1, 0, 1);
            var (mean, logVariance) = (output.Narrow(1, 1, 3), output.Narrow(1, 4, 3));
            var probability = logit.Sigmoid();
            var present = allPresent ? mask : noise.Bernoulli(probability.Detach()) * mask;      // once 0, always 0
            var z = LogVarianceGaussian.Draw(mean, logVariance, noise.Normal([batch, 3], mean)); // z_where
            var window = Window.Read(images, z);
            var sight = See(window, noise);
            latents = Operators.Cat([RecurrentPresence(probability, present), z, sight.Recurrent], 1);
            glimpses.Add(new(present, logit, mask, z, mean, logVariance, expected, window, sight));
            mask = present;
        }
        var whats = Gather(Operators.Cat([.. glimpses.Select(g => g.Window)]), [.. glimpses.Select(g => g.Sight)]);
        Tensor ByImage(Tensor value) => scope.Keep(value.Unflatten(0, [count, batch]).Transpose(0, 1));
        Tensor Stacked(Func<Glimpse, Tensor> part) => scope.Keep(Operators.Stack([.. glimpses.Select(part)], 1));
        Tensor SideBySide(Func<Glimpse, Tensor> part) => scope.Keep(Operators.Cat([.. glimpses.Select(part)], 1));
        var (means, logVariances) = (Stacked(g => g.WhereMean), Stacked(g => g.WhereLogVariance));
        return new(Stacked(g => g.Presence), Stacked(g => g.Logit), SideBySide(g => g.Mask), Stacked(g => g.Where), means, logVariances, ByImage(whats.Code),
            whats.Parameters.ToDictionary(p => p.Name, p => ByImage(p.Value)),
            [.. whats.Divergences.Select(d => (d.Name, ByImage(d.Value))), ("kl_where", scope.Keep(WhereDivergence(means, logVariances)))],
            whats.LogProbability is { } log ? ByImage(log) : null, whats.Transform is { } change ? ByImage(change) : null,
            withBaseline ? SideBySide(g => g.Baseline!) : null);
    }

    /// <summary>One step of a pass, each [B, ...].</summary>
    private sealed record Glimpse(Tensor Presence, Tensor Logit, Tensor Mask, Tensor Where, Tensor WhereMean, Tensor WhereLogVariance, Tensor? Baseline, Tensor Window, Sight Sight);

    /// <returns>[B, N]</returns>
    private Tensor WhereDivergence(Tensor means, Tensor logVariances) =>
        LogVarianceGaussian.Divergence(means.Flatten(0, 1), logVariances.Flatten(0, 1), priorMean, priorVariance).View([means.Size(0), means.Size(1)]);

    /// <summary>Each step's thing on an empty image, whether it is present or not.</summary>
    /// <returns>[B, N, C, H, W]</returns>
    public Tensor PaintAll(Output output)
    {
        ArgumentNullException.ThrowIfNull(output);
        using var scope = TensorScope.Begin();
        var (batch, count) = (output.Where.Size(0), output.Where.Size(1));
        var painted = Window.Write(Paint(output.Code.Flatten(0, 1), output.Transform?.Flatten(0, 1)), output.Where.Flatten(0, 1));
        return scope.Keep(painted.Unflatten(0, [batch, count]));
    }

    /// <summary>The sum of what is present; the rest is not painted at all.</summary>
    private Tensor PaintPresent(Output output)
    {
        using var scope = TensorScope.Begin();
        var (batch, count) = (output.Where.Size(0), output.Where.Size(1));
        var chosen = output.Presence.View([-1]).Nonzero().Squeeze(1);                             // [M]
        if (chosen.Count == 0) return scope.Keep(Operators.Zeros([batch, options.Channels, options.Height, options.Width], output.Where.DType, output.Where.Device));
        Tensor Chosen(Tensor values) => values.Flatten(0, 1).IndexSelect(0, chosen);
        var windows = Paint(Chosen(output.Code), output.Transform is { } change ? Chosen(change) : null);
        return scope.Keep(Window.Write(windows, Chosen(output.Where), chosen.FloorDivide(count), batch));
    }

    /// <inheritdoc/>
    public override Objective Objective(Batch batch, long step, NoiseSource noise)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var scope = TensorScope.Begin();
        var objective = estimator is null ? SampledObjective(batch.Images, step, noise) : EstimatedObjective(batch.Images, step, noise);
        scope.Keep(objective.Total);
        scope.Keep(objective.Terms.Select(term => term.Value));
        return objective;
    }

    private Objective SampledObjective(Tensor images, long step, NoiseSource noise)
    {
        var output = Forward(images, noise, withBaseline: true);
        return SampledObjective(output, SquaredError(images, PaintPresent(output)) * (0.5 / options.Variance), step);
    }

    /// <summary>NVIL on a pass.</summary>
    /// <param name="output">With baseline.</param>
    /// <param name="nll">Negative log-likelihood of each image without its constant, [B].</param>
    /// <param name="step">Optimiser steps done so far.</param>
    public Objective SampledObjective(Output output, Tensor nll, long step = 0)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(nll);
        var mask = output.Mask;
        List<(string Name, Tensor Value)> divergences = [.. Divergences(output, step).Select(d => (d.Name, d.Value * mask))];
        var baselines = output.Baseline!;
        var signal = nll.Detach().Unsqueeze(1);                                                   // [B, 1]
        if (options.Signal == LearningSignal.Bound)
        {
            // Of the divergences a decision has a part in those of later steps alone.
            var all = divergences.Select(d => d.Value.Detach()).Aggregate((a, b) => a + b);
            signal = signal + all.Sum([1], keepdim: true) - all.Cumsum(1);                         // [B, N]
        }
        var advantage = (signal - baselines.Detach()) * mask;
        var terms = new List<(string, Tensor)> { ("nll", nll.Mean()) };
        terms.AddRange(divergences.Select(d => (d.Name, d.Value.Sum([1]).Mean())));
        terms.Add(("baseline", ((baselines - signal).Square() * mask).Sum([1]).Mean()));
        terms.Add(("nvil_presence", (advantage * output.LogPresence()).Sum([1]).Mean()));
        if (output.LogProbability is { } log) terms.Add(("nvil_what", (advantage * log * mask).Sum([1]).Mean()));
        return new(terms.Select(term => term.Item2).Aggregate((a, b) => a + b), terms);
    }

    /// <summary>Divergences are weighted by the probability that their step is taken at all, the likelihood is left to the estimator.</summary>
    private Objective EstimatedObjective(Tensor images, long step, NoiseSource noise)
    {
        var output = Forward(images, noise, allPresent: true);
        var logits = output.Logits.Squeeze(2);                                                    // [B, N]
        var logStill = logits.LogSigmoid().Cumsum(1);                                             // ln P(at least i + 1 things)
        var reached = Operators.Cat([logStill.Narrow(1, 0, 1).ZerosLike(), logStill.Narrow(1, 0, options.Steps - 1)], 1);
        var mask = reached.Exp();                                                                 // P(step i is taken), [B, N]
        var logCounts = Operators.Cat([reached + (-logits).LogSigmoid(), logStill.Narrow(1, options.Steps - 1, 1)], 1); // ln p(n), [B, N + 1]
        var estimate = Likelihood(images, output, logCounts, noise);
        var terms = new List<(string, Tensor)> { ("nll", estimate.Loss.Mean()) };
        var total = estimate.Mean();
        foreach (var (name, value) in Divergences(output, step))
        {
            var term = (value * mask).Sum([1]).Mean();
            terms.Add((name, term));
            total += term * DivergenceWeight(name, step);
        }
        foreach (var regulariser in Regularisers(output, logStill.Exp()))
        {
            terms.Add(regulariser);
            total += regulariser.Value;
        }
        return new(total, terms);
    }

    /// <summary>Weight of a divergence in what an estimator trains.</summary>
    /// <param name="term">Its name.</param>
    /// <param name="step">Optimiser steps done so far.</param>
    private protected virtual double DivergenceWeight(string term, long step) => 1;

    /// <summary>What is added to the bound that an estimator trains, weighted.</summary>
    /// <param name="output">All steps taken.</param>
    /// <param name="present">Probability that each step finds a thing, [B, N].</param>
    private protected virtual IEnumerable<(string Name, Tensor Value)> Regularisers(Output output, Tensor present) => [];

    /// <summary>The expected negative log-likelihood over numbers of things and whatever else is discrete.</summary>
    /// <param name="images">[B, C, H, W]</param>
    /// <param name="output">All steps taken.</param>
    /// <param name="logCounts">ln p(n) for n = 0 .. N things, [B, N + 1].</param>
    /// <param name="noise">Source of all randomness.</param>
    private protected abstract Estimate Likelihood(Tensor images, Output output, Tensor logCounts, NoiseSource noise);

    /// <summary>Inner products of the image and the things with their sign turned, all with all.</summary>
    /// <param name="images">[B, C, H, W]</param>
    /// <param name="things">[B, N, C, H, W]</param>
    /// <returns>[B, N + 1, N + 1]</returns>
    private protected static Tensor Products(Tensor images, Tensor things)
    {
        using var scope = TensorScope.Begin();
        using var exact = Autocast.Suspend(images.Device);
        var all = Operators.Cat([images.Unsqueeze(1), things.Neg()], 1).Flatten(2);               // [B, N + 1, C·H·W]
        return scope.Keep(all.Bmm(all.Transpose(1, 2)));
    }

    /// <summary>‖x − x₁ − .. − xₙ‖² for n = 0 .. N.</summary>
    /// <param name="products">Of <see cref="Products"/>, [.., N + 1, N + 1].</param>
    /// <returns>[.., N + 1]</returns>
    private protected static Tensor ErrorsOfSums(Tensor products)
    {
        using var scope = TensorScope.Begin();
        return scope.Keep(products.Cumsum(-1).Cumsum(-2).Diagonal(0, -2, -1));                     // Σ over i, j ≤ n
    }

    /// <summary>All divergences by their terms' names, [B, N], not masked.</summary>
    private List<(string Name, Tensor Value)> Divergences(Output output, long step)
    {
        var prior = Annealing.Geometric(step, options.PriorPresenceSteps, options.PriorPresenceStart ?? options.PriorPresence, options.PriorPresence);
        var logits = output.Logits.Squeeze(2);
        var probability = logits.Sigmoid();
        var presence = probability * (logits.LogSigmoid() - Math.Log(prior)) + (1 - probability) * ((-logits).LogSigmoid() - Math.Log(1 - prior));
        return [.. output.Divergences, ("kl_presence", presence)];
    }

    /// <summary>Σ (x − x̃)² of each image, [B].</summary>
    public static Tensor SquaredError(Tensor images, Tensor reconstruction)
    {
        using var scope = TensorScope.Begin();
        return scope.Keep(images.SquaredDifference(reconstruction).Sum([1, 2, 3]));
    }

    /// <inheritdoc/>
    public override Decomposition Decompose(Tensor images, NoiseSource noise, int? components = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        using var scope = TensorScope.Begin();
        var output = Forward(images, noise, components);
        var things = PaintAll(output) * output.Presence.Unsqueeze(-1).Unsqueeze(-1);              // [B, N, C, H, W]
        // Ink on an empty ground has no mask of its own: what is painted brighter than the threshold is covered.
        var cover = (things.Amax([2], keepdim: true) * (0.5 / options.CoverThreshold)).Clamp(0, 1);
        var masks = cover / cover.Sum([1], keepdim: true).ClampMin(1);
        var presence = output.Presence.Squeeze(2);
        var latents = new Dictionary<string, Tensor>
        {
            ["z_what"] = scope.Keep(output.Code),
            ["z_where"] = scope.Keep(output.Where),
            ["z_pres"] = scope.Keep(output.Presence),
        };
        foreach (var (name, value) in output.Parameters) latents[name] = scope.Keep(value);
        return new(scope.Keep(things.Sum([1])), scope.Keep(things), scope.Keep(masks), latents)
        {
            Presence = scope.Keep(presence),
            Boxes = scope.Keep(Boxes(output.Where)),
            Counts = scope.Keep(presence.Sum([1])),
            ClusterLogits = output.LogProbability is null ? null : scope.Keep(output.Parameters["logits"]),
        };
    }

    /// <summary>Windows as boxes.</summary>
    /// <param name="where">[B, N, 3]</param>
    /// <returns>[B, N, 4]: left, top, right, bottom in pixels.</returns>
    private Tensor Boxes(Tensor where)
    {
        using var scope = TensorScope.Begin();
        var inverse = AttentionWindow.Inverse(where.Flatten(0, 1));                                // 1/s, centre
        var half = inverse.Narrow(1, 0, 1).Abs();
        var centre = inverse.Narrow(1, 1, 2);
        var size = Tensor.From<double>([options.Width / 2.0, options.Height / 2.0, options.Width / 2.0, options.Height / 2.0], [4]).To(where.Device, where.DType);
        return scope.Keep(((Operators.Cat([centre - half, centre + half], 1) + 1) * size).View([where.Size(0), where.Size(1), 4]));
    }

    /// <inheritdoc/>
    public override double? ForwardOperations(int batch)
    {
        double glimpses = options.Steps, latents = 4 + options.Size + options.State;
        double Net(int[] hidden, int outputs) => 2.0 * options.Pixels * hidden[0]
            + glimpses * (2 * latents * hidden[0] + AutoEncoder.Operations([.. hidden, outputs + options.State]));
        return batch * (Net(options.RnnHidden, 7) + (estimator is null ? Net(options.BaselineHidden, 1) : 0) + glimpses * WindowOperations());
    }

    /// <summary>Operations of a window's encoder and decoder.</summary>
    private protected abstract double WindowOperations();
}
