using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Scenograph.Data.Loading;

/// <summary>Makes numbered items on several threads, at most so many ahead of the one who takes them, and hands them out in order.</summary>
/// <typeparam name="T">Made by a worker.</typeparam>
internal sealed class Prefetcher<T> : IDisposable
{
    private readonly Func<long, CancellationToken, T> make;
    private readonly long end;
    private readonly int ahead;
    private readonly object gate = new();
    private readonly Dictionary<long, (T? Item, ExceptionDispatchInfo? Error)> ready = [];
    private readonly CancellationTokenSource stop = new();
    private readonly Thread[] threads;
    private long nextToMake;
    private long nextToTake;

    /// <param name="make">Makes item n; called on several threads.</param>
    /// <param name="start">First n.</param>
    /// <param name="end">One after the last n.</param>
    /// <param name="workers">Threads, at least 1.</param>
    /// <param name="ahead">Items made or being made that are not yet taken, at most; at least 1.</param>
    public Prefetcher(Func<long, CancellationToken, T> make, long start, long end, int workers, int ahead)
    {
        this.make = make;
        this.end = end;
        this.ahead = ahead;
        nextToMake = nextToTake = start;
        threads = new Thread[workers];
        for (var i = 0; i < workers; i++)
        {
            threads[i] = new Thread(Work) { IsBackground = true, Name = $"data {i}" };
            threads[i].Start();
        }
    }

    /// <summary>The next item; what went wrong on the worker is thrown here. Adds the time spent waiting.</summary>
    public T Take(ref TimeSpan waited)
    {
        (T? Item, ExceptionDispatchInfo? Error) result;
        lock (gate)
        {
            if (!ready.ContainsKey(nextToTake))
            {
                var clock = Stopwatch.StartNew();
                while (!ready.ContainsKey(nextToTake))
                {
                    Monitor.Wait(gate);
                }

                waited += clock.Elapsed;
            }

            ready.Remove(nextToTake, out result);
            nextToTake++;
            Monitor.PulseAll(gate);
        }

        result.Error?.Throw();
        return result.Item!;
    }

    public void Dispose()
    {
        stop.Cancel();
        lock (gate)
        {
            Monitor.PulseAll(gate);
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        foreach (var (item, _) in ready.Values)
        {
            (item as IDisposable)?.Dispose();
        }

        stop.Dispose();
    }

    private void Work()
    {
        while (Claim() is { } number)
        {
            (T?, ExceptionDispatchInfo?) result;
            try
            {
                result = (make(number, stop.Token), null);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it is, the consumer shall see it; here it would end the process.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                result = (default, ExceptionDispatchInfo.Capture(exception));
            }

            lock (gate)
            {
                ready[number] = result;
                Monitor.PulseAll(gate);
            }
        }
    }

    private long? Claim()
    {
        lock (gate)
        {
            while (!stop.IsCancellationRequested && nextToMake < end && nextToMake >= nextToTake + ahead)
            {
                Monitor.Wait(gate);
            }

            return stop.IsCancellationRequested || nextToMake >= end ? null : nextToMake++;
        }
    }
}
