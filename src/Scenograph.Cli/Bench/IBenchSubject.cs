namespace Scenograph.Cli.Bench;

/// <summary>What is timed: one call is one step.</summary>
internal interface IBenchSubject : IDisposable
{
    /// <summary>One step, finished when it returns.</summary>
    void Step();
}
