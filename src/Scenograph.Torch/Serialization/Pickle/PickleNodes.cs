namespace Scenograph.Torch.Serialization.Pickle;

// What a pickle describes, as inert data. Beside these: null, bool, long, BigInteger, double, string and byte[].

/// <summary>A Python list.</summary>
public sealed record PickleList(List<object?> Items);

/// <summary>A Python tuple; also what is made of <c>torch.Size</c>.</summary>
public sealed record PickleTuple(object?[] Items);

/// <summary>A Python set or frozenset.</summary>
public sealed record PickleSet(List<object?> Items);

/// <summary>A Python dict or OrderedDict: pairs in the order in which they came; of equal keys the last one counts.</summary>
public sealed record PickleDictionary(List<KeyValuePair<object?, object?>> Entries)
{
    /// <summary>The value of a text key, or null.</summary>
    public object? Find(string key) => Entries.FindLast(entry => entry.Key is string text && text == key).Value;
}

/// <summary>The name of a class or function, e.g. <c>torch.FloatStorage</c>; nothing is ever looked up or called.</summary>
public sealed record PickleGlobal(string Module, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>An object of which only the recipe is kept: what would have been called, and with what.</summary>
public sealed class PickleObject(PickleGlobal constructor, PickleTuple arguments)
{
    /// <summary>The class or function that Python would have called.</summary>
    public PickleGlobal Constructor { get; } = constructor;

    /// <summary>What it would have been called with.</summary>
    public PickleTuple Arguments { get; } = arguments;

    /// <summary>What Python would have put into the object afterwards (mostly its <c>__dict__</c>), or null.</summary>
    public object? State { get; internal set; }

    /// <summary>What was appended to it, where the object is a kind of list or set.</summary>
    public List<object?> Items { get; } = [];

    /// <summary>What was set in it, where the object is a kind of dict.</summary>
    public PickleDictionary Entries { get; } = new([]);

    /// <inheritdoc/>
    public override string ToString() => $"an object of {Constructor}";
}
