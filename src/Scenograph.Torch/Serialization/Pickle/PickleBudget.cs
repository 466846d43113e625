namespace Scenograph.Torch.Serialization.Pickle;

/// <summary>Counts, generously, the memory that a pickle's objects take, and refuses the pickle when it is out of proportion.</summary>
internal sealed class PickleBudget(ByteSource source)
{
    private long left = source.Allowance;

    /// <summary>What one operation may cost at most: an object, its place on the stack, in the memo and in its container.</summary>
    public const int Operation = 96;

    public void Charge(long bytes)
    {
        left -= bytes;
        if (left < 0)
        {
            throw source.Refuse($"the pickle makes more objects than {source.Allowance:N0} bytes hold, too many for a file of {source.Length:N0} bytes");
        }
    }
}
