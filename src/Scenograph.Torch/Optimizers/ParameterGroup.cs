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

    /// <summary>Trainable tensors by name.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> Parameters { get; }

    /// <summary>Factor on the optimiser's learning rate; may change between steps.</summary>
    public double LearningRateScale { get; set; }

    /// <summary>Instead of the optimiser's own, or null for that.</summary>
    public double? WeightDecay { get; }
}
