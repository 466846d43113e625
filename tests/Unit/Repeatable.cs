using FsCheck;

namespace Scenograph.Tests.Unit;

/// <summary>Properties are tried on the same hundred inputs in each run.</summary>
internal static class Repeatable
{
    public static Config Config { get; } = FsCheck.Config.QuickThrowOnFailure.WithReplay(20211110265UL, 1UL);
}
