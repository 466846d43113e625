namespace Scenograph.Torch;

/// <summary>A number handed to an operator; integers stay integers. The default value means "as the schema says".</summary>
public readonly struct Scalar
{
    internal readonly ValueTag Tag;
    internal readonly long Bits;

    private Scalar(ValueTag tag, long bits)
    {
        Tag = tag;
        Bits = bits;
    }

    /// <summary>An integer.</summary>
    public static implicit operator Scalar(int value) => new(ValueTag.Int, value);

    /// <summary>An integer.</summary>
    public static implicit operator Scalar(long value) => new(ValueTag.Int, value);

    /// <summary>A real number.</summary>
    public static implicit operator Scalar(double value) => new(ValueTag.Double, BitConverter.DoubleToInt64Bits(value));

    /// <summary>A truth value.</summary>
    public static implicit operator Scalar(bool value) => new(ValueTag.Bool, value ? 1 : 0);
}
