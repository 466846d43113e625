namespace Scenograph.Torch;

/// <summary>Parameters that are updated alike.</summary>
public sealed class ParameterGroup
{
    /// <param name="parameters">Trainable tensors by name; the names are those of the optimiser's state in checkpoints.</param>
    /// <param name="learningRateScale">Factor on the optimiser's learning rate, at least 0.</param>
    /// <param name="weightDecay">Instead of the optimiser's own, at least 0; null for that.</param>
    public ParameterGroup(IEnumerable<(string Name, Tensor Value)> parameters, double learningRateScale = 1, double? weightDecay = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(learningRateScale);
        if (weightDecay is { } decay) ArgumentOutOfRangeException.ThrowIfNegative(decay, nameof(weightDecay));
        Parameters = [.. parameters];
        LearningRateScale = learningRateScale;
        WeightDecay = weightDecay;
    }

    /// <summary>Two groups: the parameters of a part of a module, and all others; the others alone where the part has none.</summary>
    /// <param name="whole">The module.</param>
    /// <param name="part">A module somewhere in it.</param>
    /// <param name="learningRateScale">Factor on the optimiser's learning rate for the part.</param>
    /// <param name="weightDecay">Of the part, instead of the optimiser's own; null for that.</param>
    public static IReadOnlyList<ParameterGroup> Split(Module whole, Module part, double learningRateScale, double? weightDecay = null)
    {
        ArgumentNullException.ThrowIfNull(whole);
        ArgumentNullException.ThrowIfNull(part);
        var inside = new HashSet<Tensor>(part.Parameters(), ReferenceEqualityComparer.Instance);
        var named = whole.NamedParameters().ToLookup(parameter => inside.Contains(parameter.Value));
        return inside.Count == 0 ? [new(named[false])] : [new(named[false]), new(named[true], learningRateScale, weightDecay)];
    }

    /// <summary>Trainable tensors by name.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> Parameters { get; }

    /// <summary>Factor on the optimiser's learning rate; may change between steps.</summary>
    public double LearningRateScale { get; set; }

    /// <summary>Instead of the optimiser's own, or null for that.</summary>
    public double? WeightDecay { get; }
}
