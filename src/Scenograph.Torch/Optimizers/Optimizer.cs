using Scenograph.Torch.Serialization;

namespace Scenograph.Torch;

/// <summary>
/// Changes parameters against their gradients. One step is a few calls of libtorch's <c>_foreach_*</c> operators for all parameters
/// of a group together, and waits for no device. Parameters without a gradient are left alone.
/// </summary>
public abstract class Optimizer : IDisposable
{
    private const string StepName = "step";

    private readonly List<(ParameterGroup Group, List<ParameterState> States)> groups = [];

    /// <param name="groups">At least one; no tensor and no name twice.</param>
    /// <param name="learningRate">At least 0.</param>
    /// <param name="weightDecay">Of groups that have none of their own, at least 0.</param>
    private protected Optimizer(IEnumerable<ParameterGroup> groups, double learningRate, double weightDecay)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(learningRate);
        ArgumentOutOfRangeException.ThrowIfNegative(weightDecay);
        LearningRate = learningRate;
        WeightDecay = weightDecay;
        var names = new HashSet<string>(StringComparer.Ordinal);
        var tensors = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var group in groups)
        {
            foreach (var (name, value) in group.Parameters)
            {
                if (!names.Add(name)) throw new ArgumentException($"two parameters are called {name}", nameof(groups));
                if (!tensors.Add(value)) throw new ArgumentException($"parameter {name} is in two places", nameof(groups));
            }
            this.groups.Add((group, [.. group.Parameters.Select(p => new ParameterState(p.Name, p.Value))]));
        }
        if (tensors.Count == 0) throw new ArgumentException("there is no parameter to optimise", nameof(groups));
    }

    /// <summary>Step size; set it anew before any step.</summary>
    public double LearningRate { get; set; }

    /// <summary>Of groups that have none of their own.</summary>
    public double WeightDecay { get; }

    /// <summary>The groups it was made with.</summary>
    public IEnumerable<ParameterGroup> Groups => groups.Select(g => g.Group);

    /// <summary>All parameters by name.</summary>
    public IEnumerable<(string Name, Tensor Value)> Parameters => States.Select(s => (s.Name, s.Parameter));

    /// <summary>Names of the running quantities, PyTorch's own.</summary>
    private protected abstract IReadOnlyList<string> StateNames { get; }

    private IEnumerable<ParameterState> States => groups.SelectMany(g => g.States);

    /// <summary>One update of every parameter that has a gradient.</summary>
    public void Step()
    {
        using var mode = GradMode.Off();
        using var scope = TensorScope.Begin();
        foreach (var (group, states) in groups)
        {
            var ready = new List<(ParameterState State, Tensor Gradient)>(states.Count);
            foreach (var state in states)
            {
                if (state.Parameter.Grad is not { } gradient) continue;
                state.Tensors ??= NewState(state.Parameter);
                state.Steps++;
                ready.Add((state, gradient));
            }
            // Nearly always one batch: parameters differ in steps only where some had no gradient for a while.
            foreach (var alike in ready.GroupBy(r => r.State.Steps))
            {
                Update(new([.. alike.Select(r => r.State)], [.. alike.Select(r => r.Gradient)],
                    LearningRate * group.LearningRateScale, group.WeightDecay ?? WeightDecay));
            }
        }
    }

    /// <summary>Forgets all gradients.</summary>
    public void ZeroGrad()
    {
        foreach (var state in States) state.Parameter.Grad = null;
    }

    /// <summary>
    /// What a checkpoint must hold for training to go on as if it had not stopped: for each parameter that had an update
    /// <c>NAME.step</c> (Int64) and the running quantities, <c>NAME.exp_avg</c> for instance. The quantities are the living tensors;
    /// the steps are new ones, which the current scope owns.
    /// </summary>
    public IEnumerable<(string Name, Tensor Value)> StateTensors()
    {
        foreach (var state in States)
        {
            if (state.Tensors is null) continue;
            yield return ($"{state.Name}.{StepName}", Tensor.From<long>([state.Steps], []));
            for (var k = 0; k < StateNames.Count; k++) yield return ($"{state.Name}.{StateNames[k]}", state.Tensors[k]);
        }
    }

    /// <summary>Takes over what <see cref="StateTensors"/> gave. A parameter that is not named starts anew.</summary>
    /// <exception cref="InputException">Names, shapes or types do not fit; all are listed, and nothing has been changed.</exception>
    public void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        var problems = new StateMismatch();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var parameter in States)
        {
            string[] names = [$"{parameter.Name}.{StepName}", .. StateNames.Select(n => $"{parameter.Name}.{n}")];
            known.UnionWith(names);
            if (!names.Any(state.ContainsKey)) continue;
            foreach (var name in names)
            {
                if (!state.TryGetValue(name, out var value)) problems.Missing(name);
                else if (name == names[0])
                {
                    if (value.Count != 1 || value.DType != DType.Int64) problems.Different(name, value, "one whole number");
                }
                else if (!value.Shape.SequenceEqual(parameter.Parameter.Shape) || value.DType != parameter.Parameter.DType)
                {
                    problems.Different(name, value, parameter.Parameter);
                }
            }
        }
        foreach (var name in state.Keys.Where(name => !known.Contains(name)).Order(StringComparer.Ordinal)) problems.Unexpected(name);
        problems.ThrowIfAny($"the optimiser's state does not fit this {GetType().Name}");
        Load(state);
    }

    private void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        using var mode = GradMode.Off();
        foreach (var parameter in States)
        {
            if (!state.TryGetValue($"{parameter.Name}.{StepName}", out var step))
            {
                Forget(parameter);
                continue;
            }
            parameter.Steps = step.ToArray<long>()[0];
            parameter.Tensors ??= NewState(parameter.Parameter);
            for (var k = 0; k < StateNames.Count; k++) parameter.Tensors[k].Copy_(state[$"{parameter.Name}.{StateNames[k]}"]);
        }
    }

    /// <summary>The update rule.</summary>
    private protected abstract void Update(UpdateBatch batch);

    private Tensor[] NewState(Tensor parameter)
    {
        var tensors = new Tensor[StateNames.Count];
        for (var k = 0; k < tensors.Length; k++) tensors[k] = parameter.ZerosLike().Detached();
        return tensors;
    }

    private static void Forget(ParameterState state)
    {
        foreach (var tensor in state.Tensors ?? []) tensor.Dispose();
        (state.Tensors, state.Steps) = (null, 0);
    }

    /// <summary>Frees the running quantities; parameters and gradients stay.</summary>
    public void Dispose()
    {
        foreach (var state in States) Forget(state);
        GC.SuppressFinalize(this);
    }
}
