namespace Scenograph.Torch;

/// <summary>Whether operators record what differentiation needs, on this thread.</summary>
public static class GradMode
{
    /// <summary>Whether they do now.</summary>
    public static bool IsEnabled => Native.sg_grad_mode_get() != 0;

    /// <summary>Records nothing until disposed: <c>using var _ = GradMode.Off();</c></summary>
    public static Restorer Off() => Set(false);

    /// <summary>Records until disposed, inside a region that does not.</summary>
    public static Restorer On() => Set(true);

    /// <summary>Changes nothing: for a region that is off only sometimes.</summary>
    public static Restorer Restore() => new(IsEnabled);

    private static Restorer Set(bool enabled)
    {
        var before = IsEnabled;
        Native.sg_grad_mode_set(enabled ? 1 : 0);
        return new(before);
    }

    /// <summary>Puts the mode back.</summary>
    public readonly struct Restorer : IDisposable, IEquatable<Restorer>
    {
        private readonly bool before;

        internal Restorer(bool before) => this.before = before;

        /// <inheritdoc/>
        public void Dispose() => Native.sg_grad_mode_set(before ? 1 : 0);

        /// <inheritdoc/>
        public bool Equals(Restorer other) => before == other.before;

        /// <inheritdoc/>
        public override bool Equals(object? obj) => obj is Restorer other && Equals(other);

        /// <inheritdoc/>
        public override int GetHashCode() => before.GetHashCode();

        /// <summary>Equality of values.</summary>
        public static bool operator ==(Restorer a, Restorer b) => a.Equals(b);

        /// <summary>Inequality of values.</summary>
        public static bool operator !=(Restorer a, Restorer b) => !a.Equals(b);
    }
}
