namespace Scenograph.Tests.Golden.Harness;

/// <summary>Element type of a run. Weights and inputs are the float32 values in both.</summary>
public enum GoldenPrecision
{
    Float32,
    Float64,
}
