using Scenograph.Tests.Golden.Harness;

namespace Scenograph.Tests.Golden.HarnessTests;

/// <summary>All golden cases that exist, where the shared folder stands beside the checkout.</summary>
internal static class SharedCases
{
    /// <summary>Empty where the folder is not there.</summary>
    public static IEnumerable<GoldenCase> All()
    {
        var folder = GoldenFolder.FindUpwards(Path.Combine("shared", "golden"));
        return folder is null ? [] : GoldenFolder.Cases(folder).Select(GoldenCase.Load);
    }
}
