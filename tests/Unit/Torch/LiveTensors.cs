using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Torch;

/// <summary>How many tensors an action leaves behind. For tests of the collection <see cref="ProcessWide"/>.</summary>
internal static class LiveTensors
{
    public static long LeftBy(Action action)
    {
        // What other tests dropped must not be finalised while we count.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.LiveCount;
        action();
        return Tensor.LiveCount - before;
    }
}
