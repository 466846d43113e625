namespace Scenograph.Training.Schedules;

/// <summary>Length of a run, of which at least one of epochs and steps is given.</summary>
/// <param name="Epochs">Epochs, or null where the steps decide.</param>
/// <param name="MaxSteps">Optimiser steps, or null where the epochs decide.</param>
public sealed record RunLength(int? Epochs, long? MaxSteps)
{
    /// <summary>T of schedules that are updated every epoch.</summary>
    /// <param name="batchesPerEpoch">At least 1.</param>
    public long TotalEpochs(int batchesPerEpoch) => Epochs ?? (long)((double)(MaxSteps ?? 0) / batchesPerEpoch + 0.5);

    /// <summary>T of schedules that are updated every step.</summary>
    /// <param name="batchesPerEpoch">At least 1.</param>
    public long TotalSteps(int batchesPerEpoch) => MaxSteps ?? (long)(Epochs ?? 0) * batchesPerEpoch;

    /// <summary>T of the update before training, when the number of batches is not known yet: epochs, or a thousandth of the steps.</summary>
    public long EpochsBeforeTraining => Epochs ?? (MaxSteps ?? 0) / 1000;
}

/// <summary>
/// All scheduled values of a run, updated at three points: once before training, at the start of every epoch, at the start of
/// every batch. Validation and test never update.
/// </summary>
public sealed class ScheduledValues
{
    private readonly List<ScheduledValue> perIteration = [];
    private readonly List<ScheduledValue> perEpoch = [];

    /// <summary>Values whose schedule has <c>itr_</c> in front.</summary>
    public IReadOnlyList<ScheduledValue> PerIteration => perIteration;

    /// <summary>All others, constants and texts included.</summary>
    public IReadOnlyList<ScheduledValue> PerEpoch => perEpoch;

    /// <summary>One line a value for the start-up log, those of every iteration first.</summary>
    public IEnumerable<string> Summary => perIteration.Concat(perEpoch).Select(value => value.Summary);

    /// <summary>Adds a value to the list its schedule belongs to.</summary>
    public void Add(ScheduledValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        (value.Schedule.IsPerIteration ? perIteration : perEpoch).Add(value);
    }

    /// <summary>Before training: nothing of it is logged.</summary>
    public void BeforeTraining(RunLength length)
    {
        ArgumentNullException.ThrowIfNull(length);
        var epochs = length.EpochsBeforeTraining;
        perEpoch.ForEach(value => value.Update(0, epochs));
        perIteration.ForEach(value => value.Update(0, 1000 * epochs));
    }

    /// <summary>Start of a training epoch.</summary>
    /// <param name="epoch">Epochs done, from 0.</param>
    /// <param name="totalEpochs">T.</param>
    /// <returns>What happened to each value; numbers are logged over the epoch.</returns>
    public IReadOnlyList<ScheduledUpdate> StartEpoch(long epoch, long totalEpochs) => [.. perEpoch.Select(value => value.Update(epoch, totalEpochs))];

    /// <summary>Start of a training batch.</summary>
    /// <param name="globalStep">Optimiser steps done, 0 for the first batch; stands still while gradients accumulate.</param>
    /// <param name="totalSteps">T.</param>
    /// <returns>What happened to each value; numbers are logged over the step.</returns>
    public IReadOnlyList<ScheduledUpdate> StartStep(long globalStep, long totalSteps) => [.. perIteration.Select(value => value.Update(globalStep, totalSteps))];
}
