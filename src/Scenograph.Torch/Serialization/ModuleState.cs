namespace Scenograph.Torch.Serialization;

/// <summary>Named tensors to and from files: all that a file holds fits, or nothing is loaded.</summary>
public static class ModuleState
{
    private static readonly (DType Type, string Name)[] Names =
    [
        (DType.Float32, "F32"), (DType.Float64, "F64"), (DType.Float16, "F16"), (DType.BFloat16, "BF16"), (DType.Int64, "I64"), (DType.Int32, "I32"),
        (DType.Int16, "I16"), (DType.Int8, "I8"), (DType.UInt8, "U8"), (DType.Bool, "BOOL"),
    ];

    /// <summary>Writes tensors into a safetensors file, atomically.</summary>
    /// <exception cref="InputException">The file cannot be written; what was there before is untouched.</exception>
    public static void Save(string path, IEnumerable<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        SafetensorsFile.Write(path, [.. tensors.Select(entry => new SafetensorsEntry(entry.Name, Names.First(n => n.Type == entry.Value.DType).Name,
            entry.Value.Shape.ToArray(), stream => stream.Write(entry.Value.ToBytes())))], metadata);

    /// <summary>All tensors of a file whose name begins with a prefix, by their full names, on the processor.</summary>
    public static Dictionary<string, Tensor> Read(SafetensorsFile file, string prefix = "") =>
        file.Tensors.Where(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(entry => entry.Name,
            entry => Tensor.FromBytes(file.ReadBytes(entry.Name), Type(file.Name, entry.Name, entry.ElementType), [.. entry.Shape]));

    /// <summary>Copies a file's tensors into targets of the same names and shapes.</summary>
    /// <param name="file">The file; entries whose names do not begin with <paramref name="prefix"/> are left out.</param>
    /// <param name="targets">Every one must be in the file.</param>
    /// <param name="prefix">Which entries of the file must all be among the targets.</param>
    /// <exception cref="InputException">Names are missing or unexpected, or shapes differ: all are listed, and nothing is changed.</exception>
    public static void Load(SafetensorsFile file, IReadOnlyList<(string Name, Tensor Value)> targets, string prefix = "") =>
        Load(file.Name, targets,
            file.Tensors.Where(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(entry => entry.Name, entry => entry.Shape),
            name => Tensor.FromBytes(file.ReadBytes(name), Type(file.Name, name, file.Find(name)!.ElementType), [.. file.Find(name)!.Shape]));

    /// <summary>Copies a PyTorch state-dict into targets of the same names and shapes.</summary>
    /// <inheritdoc cref="Load(SafetensorsFile, IReadOnlyList{ValueTuple{string, Tensor}}, string)"/>
    public static void Load(string source, IReadOnlyDictionary<string, PyTorchTensor> state, IReadOnlyList<(string Name, Tensor Value)> targets) =>
        Load(source, targets, state.ToDictionary(entry => entry.Key, entry => entry.Value.Shape),
            name => Tensor.FromBytes(state[name].ReadBytes(), Type(source, name, state[name].ElementType), [.. state[name].Shape]));

    private static void Load(string source, IReadOnlyList<(string Name, Tensor Value)> targets, Dictionary<string, IReadOnlyList<long>> shapes, Func<string, Tensor> read)
    {
        var missing = targets.Where(target => !shapes.ContainsKey(target.Name)).Select(target => target.Name).ToList();
        var unexpected = shapes.Keys.Except(targets.Select(target => target.Name)).ToList();
        var different = targets.Where(target => shapes.TryGetValue(target.Name, out var shape) && !shape.SequenceEqual(target.Value.Shape.ToArray()))
            .Select(target => $"{target.Name} is [{string.Join(", ", shapes[target.Name])}], the model's [{string.Join(", ", target.Value.Shape.ToArray())}]").ToList();
        var problems = new List<string>();
        if (missing.Count > 0) problems.Add($"missing: {string.Join(", ", missing)}");
        if (unexpected.Count > 0) problems.Add($"unexpected: {string.Join(", ", unexpected)}");
        if (different.Count > 0) problems.Add($"of another shape: {string.Join("; ", different)}");
        if (problems.Count > 0) throw new InputException($"{source} does not fit the model; nothing was loaded; {string.Join("; ", problems)}");

        using var scope = TensorScope.Begin();
        using var mode = GradMode.Off();
        // Everything is read before the first value changes: a broken file leaves the module as it was.
        var values = targets.Select(target => read(target.Name)).ToList();
        for (var i = 0; i < values.Count; i++) targets[i].Value.Copy_(values[i]);
    }

    private static DType Type(string file, string name, string element)
    {
        foreach (var (type, known) in Names)
        {
            if (known == element) return type;
        }
        throw new InputException($"{file}: {name} is of type {element}, which no tensor here stores");
    }
}
