using FsCheck;
using FsCheck.Fluent;

namespace Scenograph.Tests.Unit.Evaluation;

internal static class Properties
{
    private static readonly Config Repeatable = Config.QuickThrowOnFailure.WithReplay(20211110265UL, 1UL);

    /// <summary>Holds for a hundred seeds, the same ones in each run.</summary>
    public static void HoldsForSeeds(Func<int, bool> property) =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), property).Check(Repeatable);
}
