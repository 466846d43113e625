namespace Scenograph.Training;

/// <summary>How a training stands, after a step that was logged.</summary>
/// <param name="Step">Optimiser steps done.</param>
/// <param name="Steps">Optimiser steps to do.</param>
/// <param name="Loss">The objective at that step.</param>
/// <param name="ImagesPerSecond">Images a second since the last report.</param>
/// <param name="Remaining">Time left at the present speed.</param>
/// <param name="WaitShare">Share of the time spent waiting for data, 0 to 1.</param>
public sealed record TrainingProgress(long Step, long Steps, double Loss, double ImagesPerSecond, TimeSpan Remaining, double WaitShare);

/// <summary>How a training ended.</summary>
/// <param name="Step">Optimiser steps done.</param>
/// <param name="Finished">Whether that is all of them; false after an interruption, which <c>--resume</c> continues.</param>
/// <param name="Loss">The last logged objective.</param>
/// <param name="Skipped">Steps that were skipped because something was not finite.</param>
/// <param name="Duration">Time spent training in this process.</param>
public sealed record TrainingOutcome(long Step, bool Finished, double Loss, int Skipped, TimeSpan Duration);

/// <summary>Training gave up; the last good checkpoint stands. The message names the step, the term and the images.</summary>
public sealed class TrainingFailedException : Exception
{
    /// <param name="message">One sentence.</param>
    public TrainingFailedException(string message) : base(message) { }
}
