namespace Scenograph.Torch.Serialization;

/// <summary>
/// Named tensors (a module's, an optimiser's) to and from files. Loading is all or nothing: names, shapes and types are checked and
/// everything is read before the first tensor changes.
/// </summary>
/// <example><code>
/// ModuleState.Save("last.safetensors", [.. model.State()]);
/// using var file = SafetensorsFile.Open("last.safetensors");
/// ModuleState.Load(file, [.. model.State()]);
/// </code></example>
public static class ModuleState
{
    private const string BatchCounter = "num_batches_tracked";

    /// <summary>Writes tensors of any device to a safetensors file; it is wholly there or not at all.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="tensors">Names must differ.</param>
    /// <param name="metadata">Texts by name, or null.</param>
    /// <exception cref="InputException">The disk is full, or the folder is missing or may not be written to.</exception>
    public static void Save(string path, IReadOnlyList<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        // One tensor's bytes at a time: a checkpoint needs no second copy of the model in memory.
        var entries = tensors.Select(t => new SafetensorsEntry(t.Name, ElementTypes.NameOf(t.Value.DType), t.Value.Shape.ToArray(), stream => stream.Write(t.Value.ToBytes())));
        SafetensorsFile.Write(path, [.. entries], metadata);
    }

    /// <summary>Reads tensors to the processor's memory; the current scope owns them.</summary>
    /// <param name="file">An open file.</param>
    /// <param name="prefix">Only names that begin with it; it stays on them.</param>
    /// <exception cref="InputException">The file cannot be read, or a tensor has a type with which no model computes.</exception>
    public static Dictionary<string, Tensor> Read(SafetensorsFile file, string prefix = "")
    {
        var read = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var entry in file.Tensors)
        {
            if (!entry.Name.StartsWith(prefix, StringComparison.Ordinal)) continue;
            var type = ElementTypes.Parse(entry.ElementType, file.Name, entry.Name);
            read.Add(entry.Name, Tensor.FromBytes(file.ReadBytes(entry.Name), type, [.. entry.Shape]));
        }
        return read;
    }

    /// <summary>Copies a file's tensors into tensors at hand.</summary>
    /// <param name="file">An open file.</param>
    /// <param name="targets">By the names that the file has for them.</param>
    /// <param name="prefix">What of the file is meant: each name that begins so must be among the targets.</param>
    /// <exception cref="InputException">Names are missing or unexpected, shapes or types differ; all are named, and nothing has changed.</exception>
    public static void Load(SafetensorsFile file, IReadOnlyList<(string Name, Tensor Value)> targets, string prefix = "")
    {
        var problems = new StateMismatch();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, target) in targets)
        {
            names.Add(name);
            if (file.Find(name) is not { } found) problems.Missing(name);
            else if (!found.Shape.SequenceEqual(target.Shape.ToArray()) || ElementTypes.Parse(found.ElementType) != target.DType)
            {
                problems.Different(name, Describe(found.ElementType, found.Shape), Describe(target));
            }
        }
        foreach (var entry in file.Tensors)
        {
            if (entry.Name.StartsWith(prefix, StringComparison.Ordinal) && !names.Contains(entry.Name)) problems.Unexpected(entry.Name);
        }
        problems.ThrowIfAny($"{file.Name} does not fit the model");

        using var scope = TensorScope.Begin();
        Copy([.. targets.Select(t => (Tensor.FromBytes(file.ReadBytes(t.Name), t.Value.DType, t.Value.Shape), t.Value))]);
    }

    /// <summary>
    /// Copies the weights of a PyTorch checkpoint into a module. Floating-point types are converted; batch counters, which old
    /// checkpoints lack, may be missing.
    /// </summary>
    /// <param name="checkpoint">An open checkpoint.</param>
    /// <param name="module">A module whose names are the checkpoint's, after <paramref name="rename"/>.</param>
    /// <param name="prefix">Taken off the names that begin with it, e.g. <c>model.</c> or <c>module.</c>.</param>
    /// <param name="key">Where in the checkpoint to look, e.g. <c>ema</c>; the usual places if left out.</param>
    /// <param name="rename">The module's name for one of the checkpoint's (without the prefix); null leaves the tensor out.</param>
    /// <param name="mayLack">Whether the checkpoint may lack one of the module's names, which then stays as it is.</param>
    /// <exception cref="InputException">Names are missing or unexpected, shapes or types differ; all are named, and nothing has changed.</exception>
    public static void LoadPyTorch(PyTorchCheckpoint checkpoint, Module module, string? prefix = null, string? key = null, Func<string, string?>? rename = null,
        Func<string, bool>? mayLack = null)
    {
        var found = new Dictionary<string, PyTorchTensor>(StringComparer.Ordinal);
        foreach (var (original, tensor) in checkpoint.StateDict(prefix, key))
        {
            if ((rename is null ? original : rename(original)) is not { } name) continue;
            if (!found.TryAdd(name, tensor)) throw new InputException($"{checkpoint.Name}: two tensors, one of them {original}, are both meant for {name}");
        }

        var problems = new StateMismatch();
        var loads = new List<(PyTorchTensor Source, DType Type, Tensor Target)>();
        foreach (var (name, target) in module.State())
        {
            if (!found.Remove(name, out var source))
            {
                if (!name.EndsWith(BatchCounter, StringComparison.Ordinal) && mayLack?.Invoke(name) != true) problems.Missing(name);
                continue;
            }
            var type = ElementTypes.Parse(source.ElementType);
            var fits = type == target.DType || (target.DType.IsFloating() && type is { } other && other.IsFloating());
            // One number is one number, whether it has a dimension or not.
            var sameShape = source.Shape.SequenceEqual(target.Shape.ToArray()) || (source.Shape.Count == 0 && target.Count == 1);
            if (fits && sameShape) loads.Add((source, type!.Value, target));
            else problems.Different(name, Describe(source.ElementType, source.Shape), Describe(target));
        }
        foreach (var name in found.Keys) problems.Unexpected(name);
        problems.ThrowIfAny($"{checkpoint.Name} does not fit the model");

        using var scope = TensorScope.Begin();
        Copy([.. loads.Select(load => (Tensor.FromBytes(load.Source.ReadBytes(), load.Type, [.. load.Source.Shape]), load.Target))]);
    }

    private static void Copy(List<(Tensor Source, Tensor Target)> pairs)
    {
        using var mode = GradMode.Off();
        foreach (var (source, target) in pairs) target.Copy_(source);
    }

    private static string Describe(string elementType, IReadOnlyList<long> shape) => $"{elementType}[{string.Join(", ", shape)}]";

    private static string Describe(Tensor tensor) => Describe(ElementTypes.NameOf(tensor.DType), tensor.Shape.ToArray());
}
