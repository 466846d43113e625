using FsCheck;
using FsCheck.Fluent;
using Scenograph.Reports;
using Scenograph.Tests.Unit.Fuzz;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Reports;

public sealed class MetricsLogTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string LogPath => folder["metrics.jsonl"];

    [Fact]
    public void A_line_reads_as_documented()
    {
        Write(log => log.Append(120, "train", [new("loss", 0.0123), new("kl", double.NaN), new("up", double.PositiveInfinity), new("down", double.NegativeInfinity), new("small", 1e-7)]));

        Assert.Equal("""{"step":120,"kind":"train","loss":0.0123,"kl":"NaN","up":"Infinity","down":"-Infinity","small":1E-07}""" + "\n", File.ReadAllText(LogPath));
    }

    [Fact]
    public void Every_double_comes_back_bit_for_bit() => Prop.ForAll<double[]>(values =>
    {
        File.Delete(LogPath);
        Write(log => log.Append(1, "train", values.Select((value, i) => KeyValuePair.Create($"v{i}", value))));
        var read = Assert.Single(MetricsLog.Read(LogPath).Records).Values.Select(value => value.Value);
        return read.Select(BitConverter.DoubleToInt64Bits).SequenceEqual(values.Select(value => BitConverter.DoubleToInt64Bits(double.IsNaN(value) ? double.NaN : value)));
    }).Check(Repeatable.Config);

    [Fact]
    public void Names_that_need_escaping_come_back()
    {
        Write(log => log.Append(1, "a\"b\\c\n", [new("ü \u0001 \"", 1)]));

        var record = Assert.Single(MetricsLog.Read(LogPath).Records);
        Assert.Equal(("a\"b\\c\n", "ü \u0001 \""), (record.Kind, record.Values[0].Key));
    }

    [Fact]
    public void Curves_are_found_by_kind_and_name()
    {
        Write(log => Steps(log, 1, 4));

        var history = MetricsLog.Read(LogPath);

        Assert.Equal(["train", "validation"], history.Kinds);
        Assert.Equal(["loss"], history.Names("train"));
        Assert.Equal([new CurvePoint(2, 4), new CurvePoint(4, 8)], history.Curve("validation", "mIoU"));
        Assert.Empty(history.Curve("train", "nothing"));
    }

    [Fact]
    public void Resumed_log_equals_unbroken_log_wherever_it_was_cut()
    {
        Write(log => Steps(log, 1, 12));
        var whole = File.ReadAllBytes(LogPath);
        var checkpoint = System.Text.Encoding.UTF8.GetString(whole).IndexOf("{\"step\":5", StringComparison.Ordinal);
        for (var length = checkpoint - 1; length <= whole.Length; length++)
        {
            File.WriteAllBytes(LogPath, whole[..length]);
            using (var log = MetricsLog.Resume(LogPath, lastStep: 4))
            {
                Steps(log, 5, 12);
            }
            Assert.Equal(whole, File.ReadAllBytes(LogPath));
        }
    }

    [Fact]
    public void Resuming_without_a_file_begins_one()
    {
        using (var log = MetricsLog.Resume(LogPath, lastStep: 4))
        {
            Steps(log, 5, 5);
        }

        Assert.Single(MetricsLog.Read(LogPath).Records);
    }

    [Fact]
    public void A_second_run_does_not_write_into_the_file_of_the_first()
    {
        Write(log => Steps(log, 1, 2));

        var refusal = Assert.Throws<InputException>(() => MetricsLog.Create(LogPath));

        Assert.Contains("exists already", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_last_line_that_was_cut_off_is_left_out()
    {
        File.WriteAllText(LogPath, "{\"step\":1,\"kind\":\"train\",\"loss\":1}\n{\"step\":2,\"ki");

        Assert.Single(MetricsLog.Read(LogPath).Records);
    }

    [Theory]
    [InlineData("", "is not a JSON object")]
    [InlineData("[1]", "is not a JSON object")]
    [InlineData("{\"step\":1,\"kind\":\"train\"} 3", "is not a JSON object")]
    [InlineData("{\"step\":1.5,\"kind\":\"train\"}", "its 'step' is not a whole number")]
    [InlineData("{\"step\":-1,\"kind\":\"train\"}", "its 'step' is not a whole number")]
    [InlineData("{\"step\":1,\"kind\":2}", "its 'kind' is not a text")]
    [InlineData("{\"step\":1}", "has no 'kind'")]
    [InlineData("{\"kind\":\"train\"}", "has no 'step'")]
    [InlineData("{\"step\":1,\"kind\":\"train\",\"loss\":\"high\"}", "its 'loss' is neither a number nor")]
    [InlineData("{\"step\":1,\"kind\":\"train\",\"loss\":{\"a\":1}}", "its 'loss' is neither a number nor")]
    [InlineData("{\"step\":1,\"kind\":\"train\",\"loss\":1,\"loss\":2}", "has 'loss' twice")]
    public void A_wrong_line_is_named_by_its_number(string line, string problem)
    {
        File.WriteAllText(LogPath, $"{{\"step\":1,\"kind\":\"train\",\"loss\":1}}\n{line}\n{{\"step\":3,\"kind\":\"train\"}}\n");

        var refusal = Assert.Throws<InputException>(() => MetricsLog.Read(LogPath));

        Assert.StartsWith($"{LogPath}, line 2: {problem}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_given_twice_adds_no_line()
    {
        Write(log =>
        {
            Assert.Throws<ArgumentException>(() => log.Append(1, "train", [new("loss", 1), new("loss", 2)]));
            Assert.Throws<ArgumentException>(() => log.Append(1, "train", [new("step", 1)]));
            log.Append(1, "train", []);
        });

        Assert.Equal("{\"step\":1,\"kind\":\"train\"}\n", File.ReadAllText(LogPath));
    }

    [Fact]
    public void Lines_reach_the_file_at_a_flush()
    {
        using var log = MetricsLog.Create(LogPath);
        Steps(log, 1, 1);
        Assert.Empty(MetricsLog.Read(LogPath).Records);

        log.Flush(toDisk: true);

        Assert.Single(MetricsLog.Read(LogPath).Records);
    }

    [Fact]
    public void A_folder_that_is_missing_is_a_sentence()
    {
        var refusal = Assert.Throws<InputException>(() => MetricsLog.Create(folder["missing/metrics.jsonl"]));

        Assert.Contains("its folder does not exist", refusal.Message, StringComparison.Ordinal);
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
        var path = Path.Combine(disk.Path, "metrics.jsonl");
        var refusal = Assert.Throws<InputException>(() =>
        {
            using var log = MetricsLog.Create(path);
            Steps(log, 1, 10_000);
        });

        Assert.Contains($"{path}: cannot be written", refusal.Message, StringComparison.Ordinal);
        Assert.NotEmpty(MetricsLog.Read(path).Records);
    }

    [Fact]
    public void Ten_thousand_damaged_files_are_read_or_refused()
    {
        Write(log =>
        {
            Steps(log, 1, 8);
            log.Append(9, "train", [new("kl", double.NaN), new("up", double.PositiveInfinity)]);
        });
        Mutations.Check([File.ReadAllBytes(LogPath), "{\"step\":1,\"kind\":\"a\",\"x\":1e308}\n"u8.ToArray()], file =>
        {
            File.WriteAllBytes(LogPath, file);
            _ = MetricsLog.Read(LogPath).Records.Count;
        });
    }

    private void Write(Action<MetricsLog> add)
    {
        using var log = MetricsLog.Create(LogPath);
        add(log);
    }

    /// <summary>A line a step, and a second one after every second step.</summary>
    private static void Steps(MetricsLog log, int first, int last)
    {
        for (var step = first; step <= last; step++)
        {
            log.Append(step, "train", [new("loss", 1.0 / step)]);
            if (step % 2 == 0)
            {
                log.Append(step, "validation", [new("mIoU", 2 * step)]);
            }
        }
    }
}
