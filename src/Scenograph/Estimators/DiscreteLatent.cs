using Scenograph.Models;
using Scenograph.Torch;

namespace Scenograph.Estimators;

/// <summary>
/// Discrete latent variables by their logits: for each item of a batch one variable, or several independent ones. What a loss gets of
/// them are values of the shape of the logits with one axis in front, S values for each item: one-hot vectors of a categorical variable,
/// 0 and 1 of a Bernoulli variable, or relaxed numbers between.
/// </summary>
public sealed class DiscreteLatent
{
    // Below it a probability is 0 in every element type; kept finite, so that 0 times it is 0.
    private const double NoProbability = -1e4;

    private DiscreteLatent(Tensor logits, bool isBernoulli, int variableAxes)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentOutOfRangeException.ThrowIfNegative(variableAxes);
        var axes = logits.Dimensions - (isBernoulli ? 0 : 1);
        if (axes < variableAxes || logits.Dimensions == 0)
        {
            throw new ArgumentException($"logits of {logits.Dimensions} axes hold no {variableAxes} axes of variables{(isBernoulli ? "" : " before that of classes")}", nameof(logits));
        }
        if (logits.Count == 0) throw new ArgumentException($"logits [{string.Join(", ", logits.Shape.ToArray())}] hold no variable of one class or more", nameof(logits));
        (Logits, IsBernoulli, VariableAxes) = (logits, isBernoulli, variableAxes);
    }

    /// <summary>Categorical variables of K classes; K may be 1.</summary>
    /// <param name="logits">[batch.., variables.., K], unnormalised.</param>
    /// <param name="variableAxes">Number of axes before the last along which the variables of one item stand.</param>
    public static DiscreteLatent Categorical(Tensor logits, int variableAxes = 0) => new(logits, isBernoulli: false, variableAxes);

    /// <summary>Variables that are 0 or 1.</summary>
    /// <param name="logits">[batch.., variables..], ln(p / (1 − p)).</param>
    /// <param name="variableAxes">Number of last axes along which the variables of one item stand.</param>
    public static DiscreteLatent Bernoulli(Tensor logits, int variableAxes = 0) => new(logits, isBernoulli: true, variableAxes);

    /// <summary>[batch.., variables.., K], or without K for Bernoulli variables.</summary>
    public Tensor Logits { get; }

    /// <summary>Whether the variables are 0 or 1.</summary>
    public bool IsBernoulli { get; }

    /// <summary>Axes along which the variables of one item stand.</summary>
    public int VariableAxes { get; }

    /// <summary>Axes of the batch, in front of all others.</summary>
    public int BatchAxes => Logits.Dimensions - VariableAxes - (IsBernoulli ? 0 : 1);

    /// <summary>K; 2 for Bernoulli variables.</summary>
    public long Classes => IsBernoulli ? 2 : Logits.Size(-1);

    /// <summary>Sizes of the batch.</summary>
    internal long[] BatchShape => Logits.Shape[..BatchAxes].ToArray();

    /// <summary>Sizes of the batch and of the variables.</summary>
    internal long[] VariableShape => Logits.Shape[..(BatchAxes + VariableAxes)].ToArray();

    /// <summary>Number of variables of one item.</summary>
    internal long Variables
    {
        get
        {
            var count = 1L;
            for (var i = 0; i < VariableAxes; i++) count *= Logits.Size(BatchAxes + i);
            return count;
        }
    }

    /// <summary>The same variables by other logits.</summary>
    internal DiscreteLatent With(Tensor logits) => new(logits, IsBernoulli, VariableAxes);

    /// <summary>ln p of each class, [batch.., variables.., K]; a Bernoulli variable's classes are 0 and 1.</summary>
    internal Tensor LogProbabilities()
    {
        if (!IsBernoulli) return ClassAxis.LogSoftmax(Logits);
        using var scope = TensorScope.Begin();
        return scope.Keep(Operators.Stack([(-Logits).LogSigmoid(), Logits.LogSigmoid()], -1));
    }

    /// <summary>p of each class, [batch.., variables.., K].</summary>
    internal Tensor Probabilities()
    {
        if (!IsBernoulli) return ClassAxis.Softmax(Logits);
        using var scope = TensorScope.Begin();
        return scope.Keep(Operators.Stack([(-Logits).Sigmoid(), Logits.Sigmoid()], -1));
    }

    /// <summary><see cref="LogProbabilities"/> but for a number of each variable's own, which a softmax does not see; the largest is at most 0.</summary>
    internal Tensor Scores()
    {
        if (IsBernoulli) return LogProbabilities();
        using var scope = TensorScope.Begin();
        return scope.Keep(Logits - Logits.Detach().Amax([-1], keepdim: true));
    }

    /// <summary><see cref="LogProbabilities"/>, never so low that a product with 0 is not 0.</summary>
    internal Tensor BoundedLogProbabilities()
    {
        using var scope = TensorScope.Begin();
        return scope.Keep(LogProbabilities().ClampMin(NoProbability));
    }

    /// <summary>What a loss gets of one-hot or relaxed classes.</summary>
    /// <param name="classes">[.., K]</param>
    internal Tensor Value(Tensor classes) => IsBernoulli ? classes.Select(-1, 1) : classes;

    /// <summary>Draws of all variables.</summary>
    /// <param name="noise">One draw of the shape of the logits; [S, ...] for several samples.</param>
    /// <param name="samples">S.</param>
    /// <returns>One-hot, [S, batch.., variables.., K].</returns>
    internal Tensor Sample(NoiseSource noise, int samples = 1)
    {
        using var _ = GradMode.Off();
        using var scope = TensorScope.Begin();
        var logits = samples == 1 ? Logits : Logits.Expand([samples, .. Logits.Shape]);
        var drawn = IsBernoulli ? ClassAxis.OneHot(noise.Bernoulli(logits.Sigmoid()), Classes, logits) : noise.Categorical(logits);
        return scope.Keep(samples == 1 ? drawn.Unsqueeze(0) : drawn);
    }

    /// <summary>Sums over the variables of an item.</summary>
    /// <param name="perVariable">[S, batch.., variables..]</param>
    /// <returns>[S, batch..]</returns>
    internal Tensor Joint(Tensor perVariable) => VariableAxes == 0 ? perVariable : perVariable.Flatten(perVariable.Dimensions - VariableAxes, -1).Sum([-1]);
}
