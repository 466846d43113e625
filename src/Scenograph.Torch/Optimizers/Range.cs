namespace Scenograph.Torch;

/// <summary>Checks of options.</summary>
internal static class Range
{
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1).</exception>
    internal static void FromZeroBelowOne(double value, string name)
    {
        if (!(value is >= 0 and < 1)) throw new ArgumentOutOfRangeException(name, value, "a value from 0 to below 1 is needed");
    }
}
