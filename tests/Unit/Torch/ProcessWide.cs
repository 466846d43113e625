namespace Scenograph.Tests.Unit.Torch;

/// <summary>Tests that look at what the whole process shares (the counter of live tensors, threads): none runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessWide
{
    public const string Name = "process-wide";
}
