namespace Scenograph.Torch;

/// <summary>
/// Exponential moving average of a module's parameters: ā ← decay·ā + (1 − decay)·θ after each step, starting at θ
/// (Polyak and Juditsky 1992). Buffers are not averaged.
/// </summary>
public sealed class WeightAverage : IDisposable
{
    private readonly string[] names;
    private readonly Tensor[] parameters;
    private readonly Tensor[] averages;

    /// <param name="module">Whose parameters are followed.</param>
    /// <param name="decay">Share of the past, from 0 to below 1; 0.999 or more is usual.</param>
    public WeightAverage(Module module, double decay)
    {
        Range.FromZeroBelowOne(decay, nameof(decay));
        Decay = decay;
        using var mode = GradMode.Off();
        names = [.. module.NamedParameters().Select(p => p.Name)];
        parameters = module.Parameters();
        averages = [.. parameters.Select(p => p.Clone().Detached())];
    }

    /// <summary>Share of the past in the average.</summary>
    public double Decay { get; }

    /// <summary>Takes the parameters' present values into the average.</summary>
    public void Update()
    {
        using var mode = GradMode.Off();
        Operators.ForeachMul_(averages, Decay);
        Operators.ForeachAdd_(averages, parameters, 1 - Decay);
    }

    /// <summary>Exchanges the module's parameters with the average: once to evaluate with it, once more to train on.</summary>
    public void Swap()
    {
        using var mode = GradMode.Off();
        for (var i = 0; i < parameters.Length; i++)
        {
            using var present = parameters[i].Clone();
            parameters[i].Copy_(averages[i]);
            averages[i].Copy_(present);
        }
    }

    /// <summary>The averages under the parameters' names, living tensors: for checkpoints, and to copy into on loading.</summary>
    public IEnumerable<(string Name, Tensor Value)> StateTensors() => names.Zip(averages);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var average in averages) average.Dispose();
    }
}
