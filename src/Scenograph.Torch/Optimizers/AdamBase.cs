namespace Scenograph.Torch;

/// <summary>What Adam and AdamW share: all but the place of the weight decay.</summary>
public abstract class AdamBase : Optimizer
{
    private readonly AdamOptions options;
    private readonly bool decoupled;

    private protected AdamBase(IEnumerable<ParameterGroup> groups, double learningRate, AdamOptions options, double defaultDecay, bool decoupled)
        : base(groups, learningRate, options.WeightDecay ?? defaultDecay)
    {
        Range.FromZeroBelowOne(options.Beta1, nameof(options.Beta1));
        Range.FromZeroBelowOne(options.Beta2, nameof(options.Beta2));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Epsilon);
        this.options = options;
        this.decoupled = decoupled;
        StateNames = options.AmsGrad ? ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"] : ["exp_avg", "exp_avg_sq"];
    }

    private protected override IReadOnlyList<string> StateNames { get; }

    private protected override void Update(UpdateBatch batch)
    {
        var (beta1, beta2) = (options.Beta1, options.Beta2);
        if (!decoupled) batch.AddDecayToGradients();
        else if (batch.WeightDecay != 0) Operators.ForeachMul_(batch.Parameters, 1 - batch.LearningRate * batch.WeightDecay);

        var (mean, square) = (batch.State(0), batch.State(1));
        Operators.ForeachMul_(mean, beta1);
        Operators.ForeachAdd_(mean, batch.Gradients, 1 - beta1);
        Operators.ForeachMul_(square, beta2);
        Operators.ForeachAddcmul_(square, batch.Gradients, batch.Gradients, 1 - beta2);
        if (options.AmsGrad)
        {
            Operators.ForeachMaximum_(batch.State(2), square);
            square = batch.State(2);
        }
        // Both means start at 0; the corrections take that out.
        var correction1 = 1 - Math.Pow(beta1, batch.Step);
        var correction2 = 1 - Math.Pow(beta2, batch.Step);
        var denominator = Operators.ForeachSqrt(square);
        Operators.ForeachDiv_(denominator, Math.Sqrt(correction2));
        Operators.ForeachAdd_(denominator, options.Epsilon);
        Operators.ForeachAddcdiv_(batch.Parameters, mean, denominator, -batch.LearningRate / correction1);
    }
}
