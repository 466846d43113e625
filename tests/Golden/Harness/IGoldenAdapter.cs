namespace Scenograph.Tests.Golden.Harness;

/// <summary>
/// Runs the golden cases of one folder through our code. A class that implements it, with a constructor without parameters, is
/// found by reflection: adding a model to the golden tests is adding one such class.
/// </summary>
public interface IGoldenAdapter
{
    /// <summary>The folder (the json's <c>model</c>).</summary>
    string Model { get; }

    /// <summary>Whether this adapter takes the case, where several share a folder. Exactly one must.</summary>
    bool CanRun(GoldenCase goldenCase) => true;

    /// <summary>Builds what the case says, feeds its inputs and returns every array it stores but the inputs.</summary>
    /// <param name="goldenCase">The case.</param>
    /// <param name="precision">Arrays named <c>f64:X</c> are compared with X of the float64 run.</param>
    GoldenResult Run(GoldenCase goldenCase, GoldenPrecision precision);
}
