using Scenograph.Torch;

namespace Scenograph.Training.Recipes;

/// <summary>Applies <c>--set key=value</c> to a recipe's nodes before they get types, so that complaints name the option.</summary>
internal static class RecipeOverrides
{
    private const string Example = "e.g. --set model.slots=5";

    /// <param name="root">The recipe's nodes, changed in place.</param>
    /// <param name="overrides">Each <c>a.b=value</c>; later ones win. The value is YAML, so lists are <c>[1, 2]</c>.</param>
    /// <exception cref="InputException">One is not of that form, or reaches into what is no section.</exception>
    public static void Apply(RecipeMapping root, IEnumerable<string> overrides)
    {
        foreach (var text in overrides)
        {
            var origin = $"--set {(text.Length > 100 ? text[..100] + "…" : text)}";
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            var keys = equals < 0 ? [] : text[..equals].Split('.');
            if (keys.Length is 0 or > 16 || keys.Any(string.IsNullOrWhiteSpace))
            {
                throw new InputException($"{origin}: KEY=VALUE is expected, {Example}");
            }
            Set(root, keys, RecipeTree.ReadValue(text[(equals + 1)..], origin), origin);
        }
    }

    private static void Set(RecipeMapping root, string[] keys, RecipeNode value, string origin)
    {
        var mapping = root;
        for (var depth = 0; depth < keys.Length - 1; depth++)
        {
            RecipeMapping child;
            if (!mapping.Entries.TryGetValue(keys[depth], out var entry) || entry.Value is RecipeScalar { IsNull: true })
            {
                child = new RecipeMapping(origin);
            }
            else if (entry.Value is RecipeMapping existing)
            {
                // A copy: an alias may share the section with another place, which the override does not mean.
                child = new RecipeMapping(existing.Origin);
                foreach (var (key, shared) in existing.Entries)
                {
                    child.Entries.Add(key, shared);
                }
            }
            else
            {
                throw new InputException($"{origin}: {string.Join('.', keys[..(depth + 1)])} is a value, not a section with keys");
            }
            mapping.Entries[keys[depth]] = new RecipeEntry(entry.KeyOrigin ?? origin, child);
            mapping = child;
        }
        mapping.Entries[keys[^1]] = new RecipeEntry(origin, value);
    }
}
