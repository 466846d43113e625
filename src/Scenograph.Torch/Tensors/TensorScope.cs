namespace Scenograph.Torch;

/// <summary>
/// Frees every tensor made on this thread since <see cref="Begin"/> when it is disposed, but for those kept:
/// <c>using var scope = TensorScope.Begin(); ... return scope.Keep(result);</c>. Scopes nest; a kept tensor passes to the scope
/// outside, or, where there is none, to whoever holds it.
/// </summary>
public sealed class TensorScope : IDisposable
{
    [ThreadStatic] private static TensorScope? current;

    private readonly TensorScope? outer;
    private readonly int thread = Environment.CurrentManagedThreadId;
    private readonly HashSet<Tensor> tensors = new(ReferenceEqualityComparer.Instance);
    private bool ended;

    private TensorScope(TensorScope? outer) => this.outer = outer;

    internal static TensorScope? Current => current;

    internal bool IsOfThisThread => Environment.CurrentManagedThreadId == thread;

    /// <summary>Opens a scope on this thread.</summary>
    public static TensorScope Begin() => current = new(current);

    /// <summary>Number of tensors that its end will free.</summary>
    public int Count => tensors.Count;

    internal void Add(Tensor tensor)
    {
        tensors.Add(tensor);
        tensor.Scope = this;
    }

    /// <exception cref="InvalidOperationException">Called on another thread.</exception>
    internal void Remove(Tensor tensor)
    {
        if (!IsOfThisThread) throw new InvalidOperationException("a tensor leaves its scope on the scope's own thread");
        tensors.Remove(tensor);
        tensor.Scope = null;
    }

    /// <summary>Passes a tensor of this scope to the one outside. A tensor of another scope stays where it is.</summary>
    public Tensor Keep(Tensor tensor)
    {
        if (tensor.Scope != this) return tensor;
        Remove(tensor);
        outer?.Add(tensor);
        return tensor;
    }

    /// <summary>Keeps several.</summary>
    public void Keep(IEnumerable<Tensor> kept)
    {
        foreach (var tensor in kept) Keep(tensor);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (ended) return;
        if (current != this) throw new InvalidOperationException("scopes end in the reverse order of their beginning, on their own thread");
        ended = true;
        current = outer;
        foreach (var tensor in tensors) tensor.Release();
        tensors.Clear();
    }
}
