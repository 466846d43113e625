namespace Scenograph.Torch;

/// <summary>Adam with the decaying maximum of the gradient instead of its mean square (Kingma and Ba 2015, algorithm 2).</summary>
public sealed class Adamax : Optimizer
{
    private readonly Options options;

    /// <param name="Beta1">Decay of the mean gradient, from 0 to below 1.</param>
    /// <param name="Beta2">Decay of the largest gradient, from 0 to below 1.</param>
    /// <param name="Epsilon">Added to the size of each gradient, at least 0.</param>
    /// <param name="WeightDecay">As part of the gradient, at least 0.</param>
    public sealed record Options(double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double WeightDecay = 0);

    /// <param name="groups">Parameters.</param>
    /// <param name="learningRate">At least 0.</param>
    /// <param name="options">Decays and the like; PyTorch's defaults if left out.</param>
    public Adamax(IEnumerable<ParameterGroup> groups, double learningRate = 2e-3, Options? options = null)
        : base(groups, learningRate, options?.WeightDecay ?? 0)
    {
        this.options = options ?? new();
        Range.FromZeroBelowOne(this.options.Beta1, nameof(Options.Beta1));
        Range.FromZeroBelowOne(this.options.Beta2, nameof(Options.Beta2));
        ArgumentOutOfRangeException.ThrowIfNegative(this.options.Epsilon);
    }

    /// <param name="module">All its parameters form one group.</param>
    /// <param name="learningRate">At least 0.</param>
    /// <param name="options">Decays and the like; PyTorch's defaults if left out.</param>
    public Adamax(Module module, double learningRate = 2e-3, Options? options = null)
        : this([new(module.NamedParameters())], learningRate, options)
    {
    }

    private protected override IReadOnlyList<string> StateNames { get; } = ["exp_avg", "exp_inf"];

    private protected override void Update(UpdateBatch batch)
    {
        batch.AddDecayToGradients();
        var (mean, largest) = (batch.State(0), batch.State(1));
        Operators.ForeachMul_(mean, options.Beta1);
        Operators.ForeachAdd_(mean, batch.Gradients, 1 - options.Beta1);
        var sizes = Operators.ForeachAbs(batch.Gradients);
        Operators.ForeachAdd_(sizes, options.Epsilon);
        Operators.ForeachMul_(largest, options.Beta2);
        Operators.ForeachMaximum_(largest, sizes);
        Operators.ForeachAddcdiv_(batch.Parameters, mean, largest, -batch.LearningRate / (1 - Math.Pow(options.Beta1, batch.Step)));
    }
}
