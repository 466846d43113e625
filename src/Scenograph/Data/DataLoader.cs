using System.Collections.Concurrent;
using System.Diagnostics;
using Scenograph.Data.Loading;
using Scenograph.Torch;

namespace Scenograph.Data;

/// <summary>
/// Batches of a set, read ahead on threads of its own. Which scenes step n gets depends on the options and n alone, never on the number of
/// threads or on what was read before. For one consumer.
/// </summary>
public sealed class DataLoader : IDisposable
{
    private readonly IDataSet set;
    private readonly DataLoaderOptions options;
    private readonly EpochOrder order;
    private readonly ImageShape shape;
    private readonly ConcurrentBag<(float[] Images, byte[]? Labels)> pool = [];
    private readonly int workers;
    private Prefetcher<HostBatch>? prefetcher;
    private TimeSpan waited;

    /// <param name="set">Its <see cref="IDataSet.Read"/> is called from several threads.</param>
    /// <param name="options">How to cut it.</param>
    /// <exception cref="InputException">The set is smaller than a batch and <see cref="DataLoaderOptions.DropLast"/> is set.</exception>
    public DataLoader(IDataSet set, DataLoaderOptions options)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.BatchSize, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Prefetch, nameof(options));
        this.set = set;
        this.options = options;
        order = new EpochOrder(set.Count, options.Shuffle, options.Seed);
        shape = new ImageShape(set.Channels, set.Height, set.Width);
        workers = options.Workers >= 0 ? options.Workers : Math.Min(4, Environment.ProcessorCount);
        BatchesPerEpoch = options.DropLast ? set.Count / options.BatchSize : (set.Count + options.BatchSize - 1) / options.BatchSize;
        if (BatchesPerEpoch == 0)
        {
            throw new InputException($"{set.Name}: {set.Count} scenes do not fill a batch of {options.BatchSize}; take smaller batches.");
        }
    }

    /// <summary>Batches of one pass through the set.</summary>
    public int BatchesPerEpoch { get; }

    /// <summary>Step of the batch that <see cref="Next()"/> gives next.</summary>
    public long Step { get; private set; }

    /// <summary>Time that <see cref="Next()"/> has spent waiting for data since the loader was made.</summary>
    public TimeSpan Waited => waited;

    /// <summary>Goes to a step, from which <see cref="Next()"/> goes on as if all before had been taken.</summary>
    /// <param name="step">At least 0.</param>
    public void StartAt(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        Stop();
        Step = step;
    }

    /// <summary>The batch of <see cref="Step"/>; after the last of an epoch follows the first of the next one.</summary>
    /// <exception cref="InputException">A scene of the batch cannot be read, or has another shape than the set says.</exception>
    public HostBatch Next() => Next(long.MaxValue);

    /// <summary>One pass through the set, epoch 0, from the first batch on.</summary>
    /// <exception cref="InputException">A scene cannot be read, or has another shape than the set says.</exception>
    public IEnumerable<HostBatch> ReadAll()
    {
        StartAt(0);
        try
        {
            while (Step < BatchesPerEpoch)
            {
                yield return Next(BatchesPerEpoch);
            }
        }
        finally
        {
            StartAt(0);
        }
    }

    /// <summary>Positions in the set of the scenes that make a step's batch.</summary>
    public int[] PositionsOf(long step)
    {
        var epoch = (int)(step / BatchesPerEpoch);
        var first = (int)(step % BatchesPerEpoch) * options.BatchSize;
        var positions = new int[Math.Min(options.BatchSize, set.Count - first)];
        for (var i = 0; i < positions.Length; i++)
        {
            positions[i] = order[epoch, first + i];
        }

        return positions;
    }

    /// <summary>Stops the threads; batches taken before stay good.</summary>
    public void Dispose() => Stop();

    private HostBatch Next(long end)
    {
        if (workers == 0)
        {
            var clock = Stopwatch.StartNew();
            var batch = Make(Step, CancellationToken.None);
            waited += clock.Elapsed;
            Step++;
            return batch;
        }

        prefetcher ??= new Prefetcher<HostBatch>(Make, Step, end, workers, Math.Max(options.Prefetch, workers));
        // A batch that cannot be read counts as taken, so that a caller who goes on gets the one after it.
        Step++;
        return prefetcher.Take(ref waited);
    }

    private void Stop()
    {
        prefetcher?.Dispose();
        prefetcher = null;
    }

    private HostBatch Make(long step, CancellationToken cancellation)
    {
        var positions = PositionsOf(step);
        var first = set.Read(positions[0]);
        var batch = NewBatch(step, positions.Length, hasLabels: first.Labels is not null);
        for (var i = 0; i < positions.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            Put(i == 0 ? first : set.Read(positions[i]), i, batch);
        }

        return batch;
    }

    private HostBatch NewBatch(long step, int count, bool hasLabels)
    {
        var area = shape.Height * shape.Width;
        var isWhole = count == options.BatchSize;
        if (!isWhole || !pool.TryTake(out var arrays) || (arrays.Labels is null) == hasLabels)
        {
            arrays = (new float[checked(count * shape.Channels * area)], hasLabels ? new byte[count * area] : null);
        }

        return new HostBatch(shape, new int[count], arrays.Images, arrays.Labels, isWhole ? batch => pool.Add((batch.Images, batch.Labels)) : null)
        {
            Step = step,
            Epoch = (int)(step / BatchesPerEpoch),
        };
    }

    private void Put(Sample sample, int i, HostBatch batch)
    {
        if (new ImageShape(sample.Channels, sample.Height, sample.Width) != shape)
        {
            throw new InputException(
                $"{set.Name}: scene {sample.Index} is {sample.Channels} x {sample.Height} x {sample.Width}, the set is {shape}; give the data spec a size, as in -crop-(64,64).");
        }

        if ((sample.Labels is null) != (batch.Labels is null))
        {
            throw new InputException($"{set.Name}: of scenes {batch.Indices[0]} and {sample.Index} one has masks and the other has none.");
        }

        sample.Image.CopyTo(batch.Images, i * sample.Image.Length);
        sample.Labels?.CopyTo(batch.Labels!, i * sample.Labels.Length);
        batch.Indices[i] = sample.Index;
        batch.Visible[i] = sample.Visible;
        batch.Metadata[i] = sample.Metadata;
    }
}
