using Scenograph.Tests.Golden.Harness;

namespace Scenograph.Tests.Golden;

/// <summary>The same cases as `make golden`, one test each.</summary>
public sealed class GoldenTests
{
    public static TheoryData<string> Cases()
    {
        var folder = GoldenFolder.Find();
        return [.. GoldenFolder.Cases(folder).Select(path => Path.GetRelativePath(folder, path))];
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Ours_agrees_with_the_original(string goldenCase)
    {
        var outcome = GoldenRunner.WithAllAdapters().Run(Path.Combine(GoldenFolder.Find(), goldenCase));

        Assert.True(outcome.Verdict == CaseVerdict.Passed, string.Join(Environment.NewLine, outcome.Details.Prepend(outcome.Line)));
    }
}
