namespace Scenograph.Torch;

/// <summary>Gradient descent, with or without momentum (Sutskever et al. 2013), in PyTorch's form: the rate multiplies the momentum.</summary>
public sealed class SGD : Optimizer
{
    private readonly Options options;

    /// <param name="Momentum">Share of the last update in the next, at least 0.</param>
    /// <param name="Dampening">Share of the gradient that momentum leaves out, from the second step on.</param>
    /// <param name="WeightDecay">As part of the gradient, at least 0.</param>
    /// <param name="Nesterov">Look ahead along the momentum; needs momentum and no dampening.</param>
    public sealed record Options(double Momentum = 0, double Dampening = 0, double WeightDecay = 0, bool Nesterov = false);

    /// <param name="groups">Parameters.</param>
    /// <param name="learningRate">At least 0.</param>
    /// <param name="options">Momentum and the like; plain descent if left out.</param>
    public SGD(IEnumerable<ParameterGroup> groups, double learningRate = 1e-3, Options? options = null)
        : base(groups, learningRate, options?.WeightDecay ?? 0)
    {
        this.options = options ?? new();
        ArgumentOutOfRangeException.ThrowIfNegative(this.options.Momentum);
        if (this.options.Nesterov && (this.options.Momentum == 0 || this.options.Dampening != 0))
        {
            throw new ArgumentException("Nesterov's form needs momentum above 0 and dampening 0", nameof(options));
        }
        StateNames = this.options.Momentum > 0 ? ["momentum_buffer"] : [];
    }

    /// <param name="module">All its parameters form one group.</param>
    /// <param name="learningRate">At least 0.</param>
    /// <param name="options">Momentum and the like; plain descent if left out.</param>
    public SGD(Module module, double learningRate = 1e-3, Options? options = null)
        : this([new(module.NamedParameters())], learningRate, options)
    {
    }

    private protected override IReadOnlyList<string> StateNames { get; }

    private protected override void Update(UpdateBatch batch)
    {
        batch.AddDecayToGradients();
        var direction = batch.Gradients;
        if (options.Momentum > 0)
        {
            var momentum = batch.State(0);
            Operators.ForeachMul_(momentum, options.Momentum);
            Operators.ForeachAdd_(momentum, batch.Gradients, batch.Step == 1 ? 1 : 1 - options.Dampening);
            direction = options.Nesterov ? Operators.ForeachAdd(batch.Gradients, momentum, options.Momentum) : momentum;
        }
        Operators.ForeachAdd_(batch.Parameters, direction, -batch.LearningRate);
    }
}
