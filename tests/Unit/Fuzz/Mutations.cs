using System.Runtime.ExceptionServices;
using FsCheck;
using FsCheck.Fluent;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Fuzz;

/// <summary>
/// Feeds a reader 10,000 damaged versions of valid files: flipped bits, cut, repeated, removed and foreign pieces, wrong lengths.
/// The reader may succeed or throw <see cref="InputException"/> with a sentence; it may not throw anything else, hang, or allocate
/// more managed memory than 16 times the input plus 64 MB.
/// </summary>
/// <example><code>
/// Mutations.Check([validIdx, validGzippedIdx], file => IdxFile.Read(file, "fuzz.idx"));
/// </code></example>
internal static class Mutations
{
    private const int Count = 60_000;
    private const long Slack = 64_000_000;
    private static readonly TimeSpan Watchdog = TimeSpan.FromMinutes(1);

    /// <param name="seeds">Valid files, small (a few KB), since every mutant is a changed copy of one.</param>
    /// <param name="read">The reader under test; it must read everything there is in the file.</param>
    /// <param name="repair">
    /// Given a mutant, puts right what would stop a reader at the door (check sums); applied to every second one. Null for none.
    /// </param>
    /// <param name="count">Number of mutants.</param>
    public static void Check(IReadOnlyList<byte[]> seeds, Action<byte[]> read, Func<byte[], byte[]>? repair = null, int count = Count)
    {
        foreach (var seed in seeds)
        {
            read(seed); // a seed that is not valid would make the whole check worthless
        }
        var progress = new Progress();
        var worker = new Thread(() => progress.Run(() => RunAll(seeds, read, repair, count, progress)), maxStackSize: 1 << 20) { IsBackground = true };
        worker.Start();
        for (var seen = -1; !worker.Join(Watchdog); seen = progress.Tried)
        {
            Assert.True(seen != progress.Tried, $"the reader hangs on mutant {progress.Tried}: {progress.Current}");
        }
        progress.Failure?.Throw();
        Assert.True(progress.Tried >= count, $"only {progress.Tried} mutants were tried");
    }

    private static void RunAll(IReadOnlyList<byte[]> seeds, Action<byte[]> read, Func<byte[], byte[]>? repair, int count, Progress progress)
    {
        Prop.ForAll(Mutants(seeds.Count), mutant =>
        {
            progress.Next(mutant);
            var file = mutant.Steps.Aggregate(seeds[mutant.Seed], (bytes, step) => step.Apply(bytes, seeds));
            Try(mutant.Repaired && repair != null ? repair(file) : file, read);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(99_991, 1_000_003));
    }

    private static void Try(byte[] file, Action<byte[]> read)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read(file);
        }
        catch (InputException error)
        {
            Assert.False(string.IsNullOrWhiteSpace(error.Message));
            Assert.DoesNotContain('\n', error.Message);
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= 16L * file.Length + Slack, $"{allocated:N0} bytes were allocated for a file of {file.Length:N0}");
    }

    private static Arbitrary<Mutant> Mutants(int seeds)
    {
        var step =
            from kind in Gen.Elements(Enum.GetValues<MutationKind>())
            from place in Gen.Choose(0, 1_000_000)
            from size in Gen.Choose(0, 1_000)
            from value in Gen.Choose(0, 1_000)
            from nearStart in Gen.Elements(true, false)
            select new Mutation(kind, place, size, value, nearStart);
        var mutant =
            from seed in Gen.Choose(0, seeds - 1)
            from count in Gen.Frequency((4, Gen.Constant(1)), (2, Gen.Constant(2)), (1, Gen.Choose(3, 6)))
            from steps in Gen.ArrayOf(step, count)
            from repaired in Gen.Elements(true, false)
            select new Mutant(seed, repaired, steps);
        return mutant.ToArbitrary();
    }

    private sealed record Mutant(int Seed, bool Repaired, Mutation[] Steps)
    {
        public override string ToString() => $"seed {Seed}{(Repaired ? ", repaired" : "")}: {string.Join("; ", (object[])Steps)}";
    }

    /// <summary>What the worker tells the watchdog.</summary>
    private sealed class Progress
    {
        private volatile int tried;

        public int Tried => tried;

        public Mutant? Current { get; private set; }

        public ExceptionDispatchInfo? Failure { get; private set; }

        public void Next(Mutant mutant)
        {
            Current = mutant;
            tried++;
        }

        public void Run(Action work)
        {
            try
            {
                work();
            }
            catch (Exception error)
            {
                Failure = ExceptionDispatchInfo.Capture(error);
            }
        }
    }
}
