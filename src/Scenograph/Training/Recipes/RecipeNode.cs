namespace Scenograph.Training.Recipes;

/// <summary>
/// A value of a recipe before it has a type, with the place it came from (<c>recipes/x.yaml, line 12</c> or
/// <c>--set model.slots=5</c>), which every complaint about it begins with.
/// </summary>
internal abstract record RecipeNode(string Origin);

/// <summary>A text as written; a quoted one is never a number, a truth value or null.</summary>
internal sealed record RecipeScalar(string Origin, string Text, bool Quoted) : RecipeNode(Origin)
{
    public bool IsNull => !Quoted && (Text is "" or "~" or "null" or "Null" or "NULL");
}

internal sealed record RecipeSequence(string Origin, IReadOnlyList<RecipeNode> Items) : RecipeNode(Origin);

internal sealed record RecipeMapping(string Origin) : RecipeNode(Origin)
{
    /// <summary>Entries in the order of the file. The key's origin may differ from the mapping's.</summary>
    public Dictionary<string, RecipeEntry> Entries { get; } = new(StringComparer.Ordinal);
}

internal readonly record struct RecipeEntry(string KeyOrigin, RecipeNode Value);
