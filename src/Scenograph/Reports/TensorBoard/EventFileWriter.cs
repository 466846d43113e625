using System.Globalization;
using Scenograph.Data.Formats;
using Scenograph.Torch;
using Scenograph.Torch.Images;

namespace Scenograph.Reports.TensorBoard;

/// <summary>
/// Writes one TensorBoard event file, <c>events.out.tfevents.SECONDS.MACHINE.PROCESS.0</c>. Events are gathered in memory and
/// reach the file whole at <see cref="Flush"/>, by themselves every 256 KiB, and on disposal. Not for several threads at once.
/// </summary>
public sealed class EventFileWriter : IDisposable
{
    private const string Prefix = "events.out.tfevents.";
    private const int FlushEvery = 1 << 18;

    private readonly MemoryStream pending = new();
    private readonly FileStream file;
    private readonly TimeProvider clock;

    private EventFileWriter(FileStream file, TimeProvider clock)
    {
        this.file = file;
        this.clock = clock;
    }

    /// <summary>The event file.</summary>
    public string Path => file.Name;

    /// <summary>
    /// Begins a new event file in <paramref name="folder"/>, which is made if need be. TensorBoard reads a folder's files in the
    /// order of their names, so the new name sorts after all that are there, even where the clock was set back.
    /// </summary>
    /// <param name="folder">Folder of the run.</param>
    /// <param name="firstStep">
    /// First step that will be written: 0 for a new run, the checkpoint's step + 1 for a resumed one. TensorBoard drops what
    /// earlier files hold for this and later steps.
    /// </param>
    /// <param name="clock">Where wall times come from; the system's clock by default.</param>
    /// <exception cref="InputException">The folder cannot be written.</exception>
    public static EventFileWriter Create(string folder, long firstStep = 0, TimeProvider? clock = null)
    {
        clock ??= TimeProvider.System;
        EventFileWriter writer;
        try
        {
            Directory.CreateDirectory(folder);
            writer = new EventFileWriter(CreateLast(folder, clock.GetUtcNow().ToUnixTimeSeconds()), clock);
        }
        catch (Exception failure) when (WriteFailure.IsFrom(failure))
        {
            throw WriteFailure.Describe(folder, failure);
        }
        writer.Add(EventMessage.Version(writer.WallTime));
        writer.Add(EventMessage.SessionStart(writer.WallTime, firstStep));
        writer.Flush();
        return writer;
    }

    /// <summary>Adds one point to the curve <paramref name="tag"/>; TensorBoard keeps float32. NaN and infinities are allowed.</summary>
    public void AddScalar(string tag, long step, double value) => Add(EventMessage.Scalar(WallTime, step, Checked(tag), value));

    /// <summary>Adds a picture, stored as PNG.</summary>
    public void AddImage(string tag, long step, Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        AddImage(tag, step, ImageFile.EncodePng(image), image.Width, image.Height, image.Channels);
    }

    /// <summary>Adds a picture that is encoded already.</summary>
    /// <param name="tag">Name of the picture, e.g. <c>validation/segmentation</c>.</param>
    /// <param name="step">Step it was made at.</param>
    /// <param name="png">The PNG file's bytes.</param>
    /// <param name="width">Columns, in pixels.</param>
    /// <param name="height">Rows, in pixels.</param>
    /// <param name="channels">1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.</param>
    public void AddImage(string tag, long step, byte[] png, int width, int height, int channels = 3)
    {
        ArgumentNullException.ThrowIfNull(png);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, 4);
        Add(EventMessage.Image(WallTime, step, Checked(tag), height, width, channels, png));
    }

    /// <summary>Adds a histogram in TensorBoard's exponential buckets; NaN and infinite values are left out.</summary>
    public void AddHistogram(string tag, long step, ReadOnlySpan<double> values) =>
        Add(EventMessage.Histogram(WallTime, step, Checked(tag), HistogramBuckets.Of(values)));

    /// <summary>Adds a text, which TensorBoard shows as Markdown.</summary>
    public void AddText(string tag, long step, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Add(EventMessage.Text(WallTime, step, Checked(tag), text));
    }

    /// <summary>Hands everything added so far to the operating system.</summary>
    /// <exception cref="InputException">The file cannot be written, e.g. since the disk is full.</exception>
    public void Flush()
    {
        try
        {
            file.Write(pending.GetBuffer().AsSpan(0, (int)pending.Length));
        }
        catch (Exception failure) when (WriteFailure.IsFrom(failure))
        {
            throw WriteFailure.Describe(Path, failure);
        }
        finally
        {
            pending.SetLength(0);
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

    private double WallTime => clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;

    private void Add(byte[] message)
    {
        ObjectDisposedException.ThrowIf(!file.CanWrite, this);
        TfRecord.Write(pending, message);
        if (pending.Length >= FlushEvery)
        {
            Flush();
        }
    }

    private static string Checked(string tag)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(tag);
        return tag;
    }

    private static FileStream CreateLast(string folder, long now)
    {
        var newest = Directory.EnumerateFiles(folder, Prefix + "*").Select(SecondsOf).DefaultIfEmpty(-1).Max();
        var seconds = Math.Max(now, newest + 1);
        var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{seconds:D10}.{Environment.MachineName}.{Environment.ProcessId}.0");
        // No buffer of its own: after a failed write nothing is left to fail again on disposal.
        return new FileStream(System.IO.Path.Combine(System.IO.Path.GetFullPath(folder), name), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    private static long SecondsOf(string path)
    {
        var digits = System.IO.Path.GetFileName(path)[Prefix.Length..].Split('.')[0];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 10_000_000_000 ? seconds : -1;
    }
}
