using Scenograph.Data;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Data;

public sealed class DataLoaderTests
{
    private static readonly DataLoaderOptions Shuffled = new() { BatchSize = 3, Shuffle = true, Seed = 5, Workers = 3, Prefetch = 4 };

    [Fact]
    public void Batches_are_the_same_whatever_the_number_of_workers()
    {
        var alone = Take(Shuffled with { Workers = 0 }, 40);

        Assert.Equal(alone, Take(Shuffled with { Workers = 1 }, 40));
        Assert.Equal(alone, Take(Shuffled with { Workers = 4, Prefetch = 1 }, 40));
    }

    [Fact]
    public void A_loader_that_starts_at_a_step_goes_on_as_if_it_had_taken_all_before()
    {
        var whole = Take(Shuffled, 40);

        Assert.Equal(whole[17..], Take(Shuffled, 23, start: 17));
    }

    [Fact]
    public void Each_epoch_has_every_scene_once_in_another_order()
    {
        using var loader = new DataLoader(new MemoryDataSet(10), Shuffled);
        var epochs = Enumerable.Range(0, 2).Select(_ => Enumerable.Range(0, loader.BatchesPerEpoch).SelectMany(_ => loader.Next().Indices).ToArray()).ToArray();

        Assert.All(epochs, epoch => Assert.Equal(Enumerable.Range(0, 10), epoch.Order()));
        Assert.NotEqual(epochs[0], epochs[1]);
    }

    [Fact]
    public void Another_seed_gives_another_order() => Assert.NotEqual(Take(Shuffled, 5), Take(Shuffled with { Seed = 6 }, 5));

    [Fact]
    public void Without_shuffling_scenes_come_in_the_order_of_the_set() =>
        Assert.Equal(["0,1,2", "3,4,5", "6,7,8", "9", "0,1,2"], Take(Shuffled with { Shuffle = false }, 5));

    [Fact]
    public void The_last_scenes_can_be_dropped() => Assert.Equal(["6,7,8", "0,1,2"], Take(Shuffled with { Shuffle = false, DropLast = true }, 4)[2..]);

    [Fact]
    public void A_pass_ends_after_the_last_scene()
    {
        using var loader = new DataLoader(new MemoryDataSet(10), Shuffled with { Shuffle = false });

        Assert.Equal(Enumerable.Range(0, 10), loader.ReadAll().SelectMany(batch => batch.Indices));
        Assert.Equal(Enumerable.Range(0, 10), loader.ReadAll().SelectMany(batch => batch.Indices));
    }

    [Fact]
    public void Leaving_a_pass_early_leaves_the_loader_usable()
    {
        using var loader = new DataLoader(new MemoryDataSet(10), Shuffled with { Shuffle = false });
        foreach (var batch in loader.ReadAll())
        {
            Assert.Equal(0, batch.Step);
            break;
        }

        Assert.Equal(5, Enumerable.Range(0, 5).Select(_ => loader.Next()).Count(batch => batch.Count > 0));
    }

    [Fact]
    public void Images_labels_and_metadata_lie_side_by_side()
    {
        var set = new MemoryDataSet(10);
        using var loader = new DataLoader(set, Shuffled);
        using var batch = loader.Next();
        var samples = loader.PositionsOf(0).Select(set.Read).ToArray();

        Assert.Equal(samples.SelectMany(sample => sample.Image), batch.Images);
        Assert.Equal(samples.SelectMany(sample => sample.Labels!), batch.Labels!);
        Assert.Equal(samples.Select(sample => sample.Index), batch.Indices);
        Assert.All(batch.Metadata, metadata => Assert.Equal("wood", metadata!.GroundMaterial));
    }

    [Fact]
    public void Buffers_that_are_given_back_carry_later_batches()
    {
        using var loader = new DataLoader(new MemoryDataSet(9), Shuffled with { Workers = 0 });
        var first = loader.Next();
        var array = first.Images;
        first.Dispose();
        first.Dispose();
        var (second, third) = (loader.Next(), loader.Next());

        Assert.Same(array, second.Images);
        Assert.NotSame(array, third.Images);
    }

    [Fact]
    public void What_goes_wrong_on_a_worker_reaches_the_consumer_at_that_batch()
    {
        var set = new MemoryDataSet(10) { OnRead = index => { if (index == 4) { throw new InputException("scene 4 is broken"); } } };
        using var loader = new DataLoader(set, Shuffled with { Shuffle = false });

        Assert.Equal([0, 1, 2], loader.Next().Indices);
        Assert.Equal("scene 4 is broken", Assert.Throws<InputException>(() => loader.Next()).Message);
        Assert.Equal([6, 7, 8], loader.Next().Indices);
    }

    [Fact]
    public void No_more_is_read_ahead_than_asked_for()
    {
        var largest = 0;
        var set = new MemoryDataSet(1000) { OnRead = index => InterlockedMax(ref largest, index) };
        using var loader = new DataLoader(set, new DataLoaderOptions { BatchSize = 2, Workers = 2, Prefetch = 5 });
        for (var step = 0; step < 50; step++)
        {
            // Batches up to step + 5 may be read or being read before this one is taken.
            Assert.InRange(Volatile.Read(ref largest), 0, (2 * (step + 5)) + 1);
            loader.Next().Dispose();
        }

        static void InterlockedMax(ref int target, int value)
        {
            int seen;
            while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
            {
            }
        }
    }

    [Fact]
    public void A_set_smaller_than_a_batch_is_refused_where_the_rest_is_dropped() =>
        Assert.Contains("2 scenes do not fill a batch of 3", Assert.Throws<InputException>(() => new DataLoader(new MemoryDataSet(2), Shuffled with { DropLast = true })).Message, StringComparison.Ordinal);

    [Fact]
    public void Time_spent_reading_on_the_callers_own_thread_counts_as_waiting()
    {
        using var loader = new DataLoader(new MemoryDataSet(10), Shuffled with { Workers = 0 });
        loader.Next();

        Assert.True(loader.Waited > TimeSpan.Zero);
    }

    [Fact]
    public void A_cached_set_reads_each_scene_once_and_returns_the_same()
    {
        var reads = 0;
        var source = new MemoryDataSet(10) { OnRead = _ => reads++ };
        var cached = new CachedDataSet(source);
        var first = cached.Read(3);
        Array.Clear(first.Image);
        var again = cached.Read(3);

        Assert.Equal(1, reads);
        Assert.Equal(source.Read(3).Image, again.Image);
        Assert.Equal(source.Read(3).Labels, again.Labels);
        Assert.Equal(2 * 24, cached.UsedBytes);
    }

    [Fact]
    public void A_cache_keeps_values_that_are_no_bytes_exactly()
    {
        var source = DataSets.Open("sprites-(20,24)", Split.Test);
        var cached = new CachedDataSet(source);
        cached.Read(1);

        Assert.Equal(source.Read(1).Image, cached.Read(1).Image);
        Assert.Equal((4 * 3 * 480) + 480, cached.UsedBytes);
    }

    [Fact]
    public void A_full_cache_reads_anew()
    {
        var reads = 0;
        var cached = new CachedDataSet(new MemoryDataSet(10) { OnRead = _ => reads++ }, largestBytes: 50);
        for (var i = 0; i < 4; i++)
        {
            cached.Read(i % 2);
        }

        Assert.Equal(3, reads);
    }

    private static string[] Take(DataLoaderOptions options, int count, long start = 0)
    {
        using var loader = new DataLoader(new MemoryDataSet(10), options);
        loader.StartAt(start);
        var batches = new string[count];
        for (var i = 0; i < count; i++)
        {
            using var batch = loader.Next();
            Assert.Equal(start + i, batch.Step);
            batches[i] = string.Join(',', batch.Indices);
        }

        return batches;
    }
}
