namespace Scenograph.Torch;

/// <summary>
/// A part of a model: named parameters, buffers and child modules, in PyTorch's vocabulary. The constructor declares,
/// <c>Forward</c> of the derived class computes. Names are those of PyTorch's state-dict, joined by points.
/// </summary>
public abstract class Module : IDisposable
{
    private readonly List<(string Name, Tensor Value)> parameters = [];
    private readonly List<(string Name, Tensor Value)> buffers = [];
    private readonly List<(string Name, Module Value)> children = [];

    /// <summary>Whether layers behave as in training (batch statistics, dropout).</summary>
    public bool IsTraining { get; private set; } = true;

    /// <summary>Registers a trainable tensor; it lives as long as the module.</summary>
    protected Tensor Parameter(string name, Tensor value)
    {
        value.Detached().RequiresGrad = true;
        parameters.Add((name, value));
        return value;
    }

    /// <summary>Registers a tensor that is saved with the module but not trained.</summary>
    protected Tensor Buffer(string name, Tensor value)
    {
        buffers.Add((name, value.Detached()));
        return value;
    }

    /// <summary>Registers a part. The name may be empty: its parts then count as this module's own.</summary>
    protected T Child<T>(string name, T module) where T : Module
    {
        children.Add((name, module));
        return module;
    }

    /// <summary>Trainable tensors by their full names, own ones first, then the children's in order of declaration.</summary>
    public IEnumerable<(string Name, Tensor Value)> NamedParameters() => Named(static m => m.parameters, "");

    /// <summary>Saved, untrained tensors by their full names.</summary>
    public IEnumerable<(string Name, Tensor Value)> NamedBuffers() => Named(static m => m.buffers, "");

    /// <summary>Parameters and buffers by their full names: what a checkpoint holds, in the order of PyTorch's state-dict.</summary>
    public IEnumerable<(string Name, Tensor Value)> State() => Named(static m => m.parameters.Concat(m.buffers), "");

    /// <summary>Trainable tensors.</summary>
    public Tensor[] Parameters() => [.. NamedParameters().Select(p => p.Value)];

    /// <summary>Number of trainable values.</summary>
    public long ParameterCount => NamedParameters().Sum(p => p.Value.Count);

    private IEnumerable<(string Name, Tensor Value)> Named(Func<Module, IEnumerable<(string, Tensor)>> part, string prefix)
    {
        foreach (var (name, value) in part(this)) yield return (prefix + name, value);
        foreach (var (name, child) in children)
        {
            foreach (var entry in child.Named(part, name.Length == 0 ? prefix : $"{prefix}{name}.")) yield return entry;
        }
    }

    /// <summary>Training behaviour for this module and its parts.</summary>
    public void Train(bool training = true)
    {
        IsTraining = training;
        foreach (var (_, child) in children) child.Train(training);
    }

    /// <summary>Evaluation behaviour for this module and its parts.</summary>
    public void Eval() => Train(false);

    /// <summary>
    /// Moves all parameters and buffers to a device, and floating ones to an element type. Gradients are forgotten. An optimiser
    /// made before keeps its state where it was: make it afterwards.
    /// </summary>
    public void To(Device device, DType? dtype = null) => Convert(_ => device, dtype);

    /// <summary>Converts floating parameters and buffers to an element type; gradients are forgotten.</summary>
    public void To(DType dtype) => Convert(value => value.Device, dtype);

    private void Convert(Func<Tensor, Device> device, DType? dtype)
    {
        using var _ = GradMode.Off();
        foreach (var (_, value) in State())
        {
            var (place, type) = (device(value), dtype is { } wanted && value.DType.IsFloating() ? wanted : value.DType);
            if (place == value.Device && type == value.DType) continue;
            value.Grad = null; // it has the old place and type
            using var moved = value.To(place, type);
            value.ReplaceData(moved);
        }
    }

    /// <summary>Forgets the accumulated gradients.</summary>
    public void ZeroGrad()
    {
        foreach (var (_, value) in NamedParameters()) value.Grad = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees all parameters and buffers.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing) return;
        foreach (var (_, value) in parameters) value.Dispose();
        foreach (var (_, value) in buffers) value.Dispose();
        foreach (var (_, child) in children) child.Dispose();
    }
}
