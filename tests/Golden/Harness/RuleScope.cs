namespace Scenograph.Tests.Golden.Harness;

/// <summary>What the names in a rule mean.</summary>
/// <param name="Shape">Of the array that the rule makes; i0, i1, .. run over it.</param>
/// <param name="Lookup">Value of u, u1, p or an earlier input; null where the name is unknown.</param>
public sealed record RuleScope(int[] Shape, Func<string, HostArray?> Lookup)
{
    /// <exception cref="FormatException">The name means nothing here.</exception>
    public HostArray Resolve(string name) =>
        Lookup(name) ?? Index(name) ?? (name == "pi" ? HostArray.Scalar(Math.PI) : throw new FormatException($"'{name}' is unknown"));

    /// <summary>i0, i1, ..: the index along one axis, ready to broadcast over the others.</summary>
    private HostArray? Index(string name)
    {
        if (name.Length < 2 || name[0] != 'i' || !int.TryParse(name.AsSpan(1), out var axis) || axis >= Shape.Length)
        {
            return null;
        }

        var shape = Shape.Select((size, position) => position == axis ? size : 1).ToArray();
        return new HostArray([.. Enumerable.Range(0, Shape[axis]).Select(index => (double)index)], shape);
    }
}
