using System.Globalization;
using System.Text;
using System.Text.Json;
using Scenograph.Torch;

namespace Scenograph.Reports;

/// <summary>
/// A file of one JSON object a line, <c>{"step":120,"kind":"train","loss":0.0123}</c>, that only grows. Numbers are written so
/// that reading gives the same double; NaN and infinities as the texts "NaN", "Infinity", "-Infinity". A run writes nothing here
/// that depends on the clock, so that a resumed run's file equals an unbroken one's byte for byte; times go to a file of their own.
/// Not for several threads at once.
/// </summary>
public sealed class MetricsLog : IDisposable
{
    private const int FlushEvery = 1 << 16;

    private readonly FileStream file;
    private readonly StringBuilder pending = new();

    private MetricsLog(FileStream file) => this.file = file;

    /// <summary>The file.</summary>
    public string Path => file.Name;

    /// <summary>Begins a new file.</summary>
    /// <exception cref="InputException">The file exists already, or its place cannot be written.</exception>
    public static MetricsLog Create(string path)
    {
        if (File.Exists(path))
        {
            throw new InputException($"{path} exists already: another run wrote it; resume that run or choose another folder");
        }
        return new MetricsLog(Open(path, FileMode.CreateNew));
    }

    /// <summary>
    /// Goes on with a file after a checkpoint: everything from the first line of a later step on is cut away, and so is a last
    /// line that was cut off. A missing file is begun. For an unbroken run's bytes the checkpoint must be the last thing a step
    /// writes, after <see cref="Flush"/>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="lastStep">The checkpoint's step, the last one to keep.</param>
    /// <exception cref="InputException">A line is no metrics line, or the file cannot be written.</exception>
    public static MetricsLog Resume(string path, long lastStep) => Resume(path, line => line.Step <= lastStep);

    /// <summary>The same where the step alone does not tell what the checkpoint had seen.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isKnown">Whether a line was written before the checkpoint; the first that was not is cut away with all after it.</param>
    /// <exception cref="InputException">A line is no metrics line, or the file cannot be written.</exception>
    public static MetricsLog Resume(string path, Func<MetricsRecord, bool> isKnown)
    {
        ArgumentNullException.ThrowIfNull(isKnown);
        var kept = 0L;
        var endsWithNewLine = true;
        if (File.Exists(path))
        {
            foreach (var line in MetricsLines.Read(path))
            {
                if (line.Record is null || !isKnown(line.Record))
                {
                    break;
                }
                (kept, endsWithNewLine) = (line.End, line.HasNewLine);
            }
        }
        var file = Open(path, FileMode.OpenOrCreate);
        var log = new MetricsLog(file);
        try
        {
            file.SetLength(kept);
            file.Position = kept;
        }
        catch (Exception failure) when (WriteFailure.IsFrom(failure))
        {
            file.Dispose();
            throw WriteFailure.Describe(path, failure);
        }
        if (!endsWithNewLine)
        {
            log.pending.Append('\n');
        }
        return log;
    }

    /// <summary>Adds a line. It reaches the file, whole, at the next <see cref="Flush"/> at the latest.</summary>
    /// <param name="step">Step of the run, at least 0.</param>
    /// <param name="kind">What the numbers belong to, e.g. <c>train</c> or <c>validation</c>.</param>
    /// <param name="values">Numbers by name, written in this order; <c>step</c> and <c>kind</c> cannot be names.</param>
    public void Append(long step, string kind, IEnumerable<KeyValuePair<string, double>> values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentException.ThrowIfNullOrEmpty(kind);
        ArgumentNullException.ThrowIfNull(values);
        ObjectDisposedException.ThrowIf(!file.CanWrite, this);
        var start = pending.Length;
        var names = new HashSet<string>(StringComparer.Ordinal) { MetricsLines.StepKey, MetricsLines.KindKey };
        pending.Append(CultureInfo.InvariantCulture, $"{{\"step\":{step},\"kind\":\"{JsonEncodedText.Encode(kind)}\"");
        foreach (var (name, value) in values)
        {
            if (!names.Add(name))
            {
                pending.Length = start;
                throw new ArgumentException($"a metrics line cannot hold the name '{name}' twice", nameof(values));
            }
            pending.Append(CultureInfo.InvariantCulture, $",\"{JsonEncodedText.Encode(name)}\":{Number(value)}");
        }
        pending.Append("}\n");
        if (pending.Length >= FlushEvery)
        {
            Flush();
        }
    }

    /// <summary>Hands all lines added so far to the operating system in one write.</summary>
    /// <param name="toDisk">Also waits until the disk has them; wanted before a checkpoint that counts on them.</param>
    /// <exception cref="InputException">The file cannot be written, e.g. since the disk is full.</exception>
    public void Flush(bool toDisk = false)
    {
        var text = pending.ToString();
        pending.Clear();
        try
        {
            file.Write(Encoding.UTF8.GetBytes(text));
            file.Flush(toDisk);
        }
        catch (Exception failure) when (WriteFailure.IsFrom(failure))
        {
            throw WriteFailure.Describe(Path, failure);
        }
    }

    /// <summary>Flushes and closes the file.</summary>
    public void Dispose()
    {
        try
        {
            if (pending.Length > 0)
            {
                Flush();
            }
        }
        finally
        {
            file.Dispose();
        }
    }

    /// <summary>Reads all lines of a file; a last line that was cut off is left out.</summary>
    /// <exception cref="InputException">The file is missing, or a line is no metrics line; the message has its number.</exception>
    public static MetricsHistory Read(string path) => new([.. MetricsLines.Read(path).Select(line => line.Record).OfType<MetricsRecord>()]);

    private static string Number(double value) =>
        double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture)
        : double.IsNaN(value) ? "\"NaN\""
        : value > 0 ? "\"Infinity\"" : "\"-Infinity\"";

    private static FileStream Open(string path, FileMode mode)
    {
        try
        {
            return new FileStream(System.IO.Path.GetFullPath(path), mode, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
        catch (Exception failure) when (WriteFailure.IsFrom(failure))
        {
            throw WriteFailure.Describe(path, failure);
        }
    }
}
