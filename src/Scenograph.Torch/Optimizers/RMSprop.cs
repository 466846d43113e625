namespace Scenograph.Torch;

/// <summary>Divides by the root of the decaying mean square of the gradient (Tieleman and Hinton 2012; centred: Graves 2013).</summary>
public sealed class RMSprop : Optimizer
{
    private readonly Options options;

    /// <param name="Alpha">Decay of the mean square, from 0 to below 1.</param>
    /// <param name="Epsilon">Added to its root, at least 0.</param>
    /// <param name="WeightDecay">As part of the gradient, at least 0.</param>
    /// <param name="Momentum">Share of the last update in the next, at least 0.</param>
    /// <param name="Centred">Divide by the deviation instead: take the squared mean off the mean square.</param>
    public sealed record Options(double Alpha = 0.99, double Epsilon = 1e-8, double WeightDecay = 0, double Momentum = 0, bool Centred = false);

    /// <param name="groups">Parameters.</param>
    /// <param name="learningRate">At least 0.</param>
    /// <param name="options">Decays and the like; PyTorch's defaults if left out.</param>
    public RMSprop(IEnumerable<ParameterGroup> groups, double learningRate = 1e-2, Options? options = null)
        : base(groups, learningRate, options?.WeightDecay ?? 0)
    {
        this.options = options ?? new();
        Range.FromZeroBelowOne(this.options.Alpha, nameof(Options.Alpha));
        ArgumentOutOfRangeException.ThrowIfNegative(this.options.Epsilon);
        ArgumentOutOfRangeException.ThrowIfNegative(this.options.Momentum);
        List<string> names = ["square_avg"];
        if (this.options.Momentum > 0) names.Add("momentum_buffer");
        if (this.options.Centred) names.Add("grad_avg");
        StateNames = names;
    }

    /// <param name="module">All its parameters form one group.</param>
    /// <param name="learningRate">At least 0.</param>
    /// <param name="options">Decays and the like; PyTorch's defaults if left out.</param>
    public RMSprop(Module module, double learningRate = 1e-2, Options? options = null)
        : this([new(module.NamedParameters())], learningRate, options)
    {
    }

    private protected override IReadOnlyList<string> StateNames { get; }

    private protected override void Update(UpdateBatch batch)
    {
        batch.AddDecayToGradients();
        var square = batch.State(0);
        Operators.ForeachMul_(square, options.Alpha);
        Operators.ForeachAddcmul_(square, batch.Gradients, batch.Gradients, 1 - options.Alpha);
        var denominator = options.Centred ? Deviation(batch, square) : Operators.ForeachSqrt(square);
        Operators.ForeachAdd_(denominator, options.Epsilon);
        if (options.Momentum == 0)
        {
            Operators.ForeachAddcdiv_(batch.Parameters, batch.Gradients, denominator, -batch.LearningRate);
            return;
        }
        var momentum = batch.State(1);
        Operators.ForeachMul_(momentum, options.Momentum);
        Operators.ForeachAddcdiv_(momentum, batch.Gradients, denominator, 1);
        Operators.ForeachAdd_(batch.Parameters, momentum, -batch.LearningRate);
    }

    private Tensor[] Deviation(UpdateBatch batch, Tensor[] square)
    {
        var mean = batch.State(StateNames.Count - 1);
        Operators.ForeachMul_(mean, options.Alpha);
        Operators.ForeachAdd_(mean, batch.Gradients, 1 - options.Alpha);
        var variance = Operators.ForeachAddcmul(square, mean, mean, -1);
        Operators.ForeachSqrt_(variance);
        return variance;
    }
}
