namespace Scenograph.Data.Specs;

/// <param name="Name">E.g. <c>clevrtex</c>; the alias <c>clevr</c> is already replaced by <c>clevr_with_masks</c>.</param>
/// <param name="Variant">What follows the first colon, or null.</param>
public sealed record DataSpecItem(string Name, string? Variant)
{
    /// <summary>As a spec has it, in brackets where needed.</summary>
    public override string ToString() => Variant is null ? Name
        : Variant.AsSpan().IndexOfAny('-', ',', ')') >= 0 ? $"{Name}:[{Variant}]" : $"{Name}:{Variant}";
}
