using System.Runtime.CompilerServices;

namespace Scenograph.Torch;

/// <summary>
/// Sizes, strides or dimensions handed to an operator: one number (repeated where the operator wants two or three) or a list,
/// <c>[2, 3]</c>. The default value means "as the schema says".
/// </summary>
[CollectionBuilder(typeof(IntList), nameof(Create))]
public readonly ref struct IntList
{
    private readonly ReadOnlySpan<long> list;
    private readonly long single;
    private readonly Kind kind;

    private enum Kind : byte { Default, Single, List }

    private IntList(ReadOnlySpan<long> list)
    {
        this.list = list;
        kind = Kind.List;
    }

    private IntList(long single)
    {
        this.single = single;
        kind = Kind.Single;
    }

    /// <summary>A list, for collection expressions.</summary>
    public static IntList Create(ReadOnlySpan<long> values) => new(values);

    /// <summary>For collection expressions.</summary>
    public ReadOnlySpan<long>.Enumerator GetEnumerator() => list.GetEnumerator();

    /// <summary>One number.</summary>
    public static implicit operator IntList(int value) => new((long)value);

    /// <summary>One number.</summary>
    public static implicit operator IntList(long value) => new(value);

    /// <summary>A list.</summary>
    public static implicit operator IntList(long[] values) => new(values.AsSpan());

    /// <summary>A list.</summary>
    public static implicit operator IntList(ReadOnlySpan<long> values) => new(values);

    internal bool IsDefault => kind == Kind.Default;

    /// <summary>Copies the numbers to <paramref name="place"/> (room for 32) and returns how many.</summary>
    internal unsafe int Write(long* place, int fixedLength)
    {
        if (kind == Kind.Single)
        {
            var count = Math.Max(1, fixedLength);
            for (var i = 0; i < count; i++) place[i] = single;
            return count;
        }
        if (list.Length > 32) throw new ArgumentException($"a list of {list.Length} numbers; at most 32 are supported");
        list.CopyTo(new Span<long>(place, 32));
        return list.Length;
    }
}
