namespace Scenograph.Torch.Serialization;

/// <summary>Collects everything in which tensors at hand differ from those that are wanted, so that one error can name it all.</summary>
internal sealed class StateMismatch
{
    private readonly List<string> missing = [];
    private readonly List<string> unexpected = [];
    private readonly List<string> different = [];

    public void Missing(string name) => missing.Add(name);

    public void Unexpected(string name) => unexpected.Add(name);

    public void Different(string name, object found, object wanted) => different.Add($"{name} is {found} instead of {wanted}");

    /// <exception cref="InputException">Anything was collected.</exception>
    public void ThrowIfAny(string what)
    {
        List<string> parts = [];
        if (missing.Count > 0) parts.Add($"missing {string.Join(", ", missing)}");
        if (unexpected.Count > 0) parts.Add($"unexpected {string.Join(", ", unexpected)}");
        parts.AddRange(different);
        if (parts.Count > 0) throw new InputException($"{what}: {string.Join("; ", parts)}");
    }
}
