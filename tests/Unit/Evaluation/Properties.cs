using FsCheck;
using FsCheck.Fluent;

namespace Scenograph.Tests.Unit.Evaluation;

internal static class Properties
{
    /// <summary>Holds for a hundred seeds, the same ones in each run.</summary>
    public static void HoldsForSeeds(Func<int, bool> property) =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), property).Check(Repeatable.Config);
}
