using System.Globalization;

namespace Scenograph.Tests.Golden.Harness;

/// <summary>How a case ended.</summary>
public enum CaseVerdict
{
    Passed,
    Failed,

    /// <summary>Nothing of ours can run it; counts as failed.</summary>
    NoModel,
}

/// <summary>The line a case gets in the output of <c>make golden</c>.</summary>
/// <param name="Name"><c>model/case</c>.</param>
/// <param name="Verdict">How it ended.</param>
/// <param name="Error">Of the array that is worst relative to its limit; NaN where nothing could be compared.</param>
/// <param name="At">That array.</param>
/// <param name="Details">Why it failed, one sentence a line.</param>
public sealed record CaseOutcome(string Name, CaseVerdict Verdict, double Error, string At, IReadOnlyList<string> Details)
{
    /// <summary><c>golden MODEL/CASE max-error 3.1e-06 at ARRAY passed</c>.</summary>
    public string Line
    {
        get
        {
            var verdict = Verdict switch { CaseVerdict.Passed => "passed", CaseVerdict.Failed => "failed", _ => "no-model" };
            return $"golden {Name} max-error {Number(Error)} at {At} {verdict}";
        }
    }

    internal static string Number(double value) =>
        double.IsNaN(value) ? "nan" : double.IsInfinity(value) ? "inf" : value.ToString("0.0e+00", CultureInfo.InvariantCulture);
}
