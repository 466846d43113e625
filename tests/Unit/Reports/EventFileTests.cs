using Scenograph.Data.Formats;
using Scenograph.Reports.TensorBoard;
using Scenograph.Torch;
using Scenograph.Torch.Images;

namespace Scenograph.Tests.Unit.Reports;

public sealed class EventFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_name_is_one_that_TensorBoard_looks_for()
    {
        using var writer = EventFileWriter.Create(folder.Path, clock: new FixedClock(1_700_000_000));

        Assert.StartsWith($"events.out.tfevents.1700000000.{Environment.MachineName}.", Path.GetFileName(writer.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_begins_with_its_version_and_a_session_start()
    {
        var events = Written(_ => { });

        Assert.Equal("brain.Event:2", events[0].Text(3));
        Assert.Equal(1, events[1].Message(7).Whole(1));
        Assert.Equal(0, events[1].Whole(2));
    }

    [Fact]
    public void Every_event_has_its_wall_time()
    {
        foreach (var message in Written(writer => writer.AddScalar("loss", 1, 1)))
        {
            Assert.Equal(1_700_000_000.0, message.Double(1));
        }
    }

    [Theory]
    [InlineData(0.125)]
    [InlineData(-3)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Scalars_come_back(double value)
    {
        var message = Written(writer => writer.AddScalar("train/loss", 12_345_678_901, value))[2];

        Assert.Equal(12_345_678_901, message.Whole(2));
        Assert.Equal("train/loss", message.Message(5).Message(1).Text(1));
        Assert.Equal((float)value, message.Message(5).Message(1).Single(2));
    }

    [Fact]
    public void Images_come_back()
    {
        var image = new Image(3, 2, 3, [.. Enumerable.Range(0, 18).Select(i => (byte)(10 * i))]);

        var value = Written(writer => writer.AddImage("grid", 5, image))[2].Message(5).Message(1).Message(4);

        Assert.Equal((2, 3, 3), (value.Whole(1), value.Whole(2), value.Whole(3)));
        Assert.Equal(image.Pixels, ImageFile.Read(value.Bytes(4), "grid.png").Pixels);
    }

    [Fact]
    public void Texts_come_back()
    {
        var value = Written(writer => writer.AddText("recipe", 0, "**schön**"))[2].Message(5).Message(1);

        Assert.Equal("text", value.Message(9).Message(1).Text(1));
        Assert.Equal(7, value.Message(8).Whole(1));
        Assert.Equal(1, value.Message(8).Message(2).Message(2).Whole(1));
        Assert.Equal("**schön**", value.Message(8).Text(8));
    }

    [Fact]
    public void Histograms_come_back()
    {
        var value = Written(writer => writer.AddHistogram("weights", 5, [-1, 0, 0, 2]))[2].Message(5).Message(1).Message(5);

        Assert.Equal((-1, 2, 4, 1, 5), (value.Double(1), value.Double(2), value.Double(3), value.Double(4), value.Double(5)));
        var (limits, counts) = (value.PackedDoubles(6), value.PackedDoubles(7));
        Assert.Equal(limits.Length, counts.Length);
        Assert.Equal(4, counts.Sum());
    }

    [Fact]
    public void A_resumed_run_tells_which_steps_are_written_again()
    {
        using (EventFileWriter.Create(folder.Path))
        {
        }
        using var resumed = EventFileWriter.Create(folder.Path, firstStep: 401);

        var start = Parse(resumed.Path)[1];
        Assert.Equal((401, 1), (start.Whole(2), start.Message(7).Whole(1)));
    }

    [Fact]
    public void A_later_file_sorts_last_even_where_the_clock_went_back()
    {
        var names = new List<string>();
        foreach (var seconds in new long[] { 1_700_000_000, 1_700_000_000, 1_600_000_000 })
        {
            using var writer = EventFileWriter.Create(folder.Path, clock: new FixedClock(seconds));
            names.Add(writer.Path);
        }

        Assert.Equal(names, names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Added_events_reach_the_file_at_a_flush()
    {
        using var writer = EventFileWriter.Create(folder.Path);
        writer.AddScalar("loss", 1, 1);
        Assert.Equal(2, Parse(writer.Path).Count);

        writer.Flush();

        Assert.Equal(3, Parse(writer.Path).Count);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        File.WriteAllText(folder["taken"], "");

        var refusal = Assert.Throws<InputException>(() => EventFileWriter.Create(folder["taken/run"]));

        Assert.Contains("taken/run", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_is_a_sentence_and_closing_does_not_fail_again()
    {
        using var folder = new TemporaryFolder();
        using var disk = TinyDisk.TryMount(folder["disk"], "64k");
        if (disk is null)
        {
            return; // Needs the right to mount.
        }
        var refusal = Assert.Throws<InputException>(() =>
        {
            using var writer = EventFileWriter.Create(disk.Path);
            writer.AddImage("grid", 1, new byte[300_000], 10, 10);
        });

        Assert.Contains("cannot be written", refusal.Message, StringComparison.Ordinal);
    }

    private List<ParsedMessage> Written(Action<EventFileWriter> add)
    {
        string path;
        using (var writer = EventFileWriter.Create(folder.Path, clock: new FixedClock(1_700_000_000)))
        {
            add(writer);
            path = writer.Path;
        }
        return Parse(path);
    }

    private static List<ParsedMessage> Parse(string path) => [.. TfRecord.ReadFile(path).Select(record => new ParsedMessage(record))];

    private sealed class FixedClock(long seconds) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(seconds);
    }
}
