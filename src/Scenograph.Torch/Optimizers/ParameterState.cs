namespace Scenograph.Torch;

/// <summary>What an optimiser remembers of one parameter.</summary>
internal sealed class ParameterState(string name, Tensor parameter)
{
    internal string Name { get; } = name;

    internal Tensor Parameter { get; } = parameter;

    /// <summary>Updates that the parameter has had.</summary>
    internal long Steps { get; set; }

    /// <summary>Running quantities in the order of the optimiser's names for them; null before the first update.</summary>
    internal Tensor[]? Tensors { get; set; }
}
