namespace Scenograph.Torch;

/// <summary>Parameters that one update treats alike: of one group, all with a gradient, all at the same step.</summary>
public sealed class UpdateBatch
{
    private readonly Tensor[][] state;

    internal UpdateBatch(IReadOnlyList<ParameterState> members, Tensor[] gradients, double learningRate, double weightDecay)
    {
        Step = members[0].Steps;
        LearningRate = learningRate;
        WeightDecay = weightDecay;
        Parameters = [.. members.Select(m => m.Parameter)];
        Gradients = gradients;
        var slots = members[0].Tensors!.Length;
        state = new Tensor[slots][];
        for (var k = 0; k < slots; k++) state[k] = [.. members.Select(m => m.Tensors![k])];
    }

    /// <summary>Number of this update, from 1.</summary>
    internal long Step { get; }

    internal double LearningRate { get; }

    internal double WeightDecay { get; }

    internal Tensor[] Parameters { get; }

    internal Tensor[] Gradients { get; private set; }

    /// <summary>A running quantity of all parameters.</summary>
    internal Tensor[] State(int k) => state[k];

    /// <summary>Adds the gradient of ½·decay·‖θ‖² (L2 regularisation) to the gradients, which stay as they are for the caller.</summary>
    internal void AddDecayToGradients()
    {
        if (WeightDecay != 0) Gradients = Operators.ForeachAdd(Gradients, Parameters, WeightDecay);
    }
}
