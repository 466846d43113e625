using Google.Protobuf;

namespace Scenograph.Reports.TensorBoard;

/// <summary>
/// The few protobuf messages of an event file, written field by field: tensorflow's event.proto, summary.proto, histogram.proto
/// and tensor.proto hold hundreds of fields, of which TensorBoard needs these.
/// </summary>
internal static class EventMessage
{
    /// <summary>Version line that every event file begins with; TensorBoard drops superseded steps from version 2 on.</summary>
    public const string FileVersion = "brain.Event:2";

    private const int StatusStart = 1;
    private const int TensorOfStrings = 7;

    public static byte[] Version(double wallTime) => Event(wallTime, step: 0, output =>
    {
        output.WriteTag(3, WireFormat.WireType.LengthDelimited);
        output.WriteString(FileVersion);
    });

    /// <summary>
    /// Tells TensorBoard that what earlier files hold for <paramref name="step"/> and later is superseded. It passes over the
    /// first such event of a folder, so every file needs one.
    /// </summary>
    public static byte[] SessionStart(double wallTime, long step) => Event(wallTime, step, output => Message(output, 7, session =>
    {
        session.WriteTag(1, WireFormat.WireType.Varint);
        session.WriteEnum(StatusStart);
    }));

    public static byte[] Scalar(double wallTime, long step, string tag, double value) => Summary(wallTime, step, tag, output =>
    {
        output.WriteTag(2, WireFormat.WireType.Fixed32);
        output.WriteFloat((float)value);
    });

    public static byte[] Image(double wallTime, long step, string tag, int height, int width, int channels, byte[] png) =>
        Summary(wallTime, step, tag, output => Message(output, 4, image =>
        {
            image.WriteTag(1, WireFormat.WireType.Varint);
            image.WriteInt32(height);
            image.WriteTag(2, WireFormat.WireType.Varint);
            image.WriteInt32(width);
            image.WriteTag(3, WireFormat.WireType.Varint);
            image.WriteInt32(channels);
            image.WriteTag(4, WireFormat.WireType.LengthDelimited);
            image.WriteBytes(ByteString.CopyFrom(png));
        }));

    public static byte[] Histogram(double wallTime, long step, string tag, HistogramBuckets buckets) =>
        Summary(wallTime, step, tag, output => Message(output, 5, histogram =>
        {
            Double(histogram, 1, buckets.Minimum);
            Double(histogram, 2, buckets.Maximum);
            Double(histogram, 3, buckets.Number);
            Double(histogram, 4, buckets.Sum);
            Double(histogram, 5, buckets.SumOfSquares);
            Doubles(histogram, 6, buckets.Limits);
            Doubles(histogram, 7, buckets.Counts);
        }));

    /// <summary>A tensor of one string, marked for the text plug-in, which shows it as Markdown.</summary>
    public static byte[] Text(double wallTime, long step, string tag, string text) => Summary(wallTime, step, tag, output =>
    {
        Message(output, 8, tensor =>
        {
            tensor.WriteTag(1, WireFormat.WireType.Varint);
            tensor.WriteEnum(TensorOfStrings);
            Message(tensor, 2, shape => Message(shape, 2, dimension =>
            {
                dimension.WriteTag(1, WireFormat.WireType.Varint);
                dimension.WriteInt64(1);
            }));
            tensor.WriteTag(8, WireFormat.WireType.LengthDelimited);
            tensor.WriteBytes(ByteString.CopyFromUtf8(text));
        });
        Message(output, 9, metadata => Message(metadata, 1, plugin =>
        {
            plugin.WriteTag(1, WireFormat.WireType.LengthDelimited);
            plugin.WriteString("text");
        }));
    });

    private static byte[] Summary(double wallTime, long step, string tag, Action<CodedOutputStream> writeValue) =>
        Event(wallTime, step, output => Message(output, 5, summary => Message(summary, 1, value =>
        {
            value.WriteTag(1, WireFormat.WireType.LengthDelimited);
            value.WriteString(tag);
            writeValue(value);
        })));

    private static byte[] Event(double wallTime, long step, Action<CodedOutputStream> write) => Bytes(output =>
    {
        Double(output, 1, wallTime);
        output.WriteTag(2, WireFormat.WireType.Varint);
        output.WriteInt64(step);
        write(output);
    });

    private static void Double(CodedOutputStream output, int field, double value)
    {
        output.WriteTag(field, WireFormat.WireType.Fixed64);
        output.WriteDouble(value);
    }

    private static void Doubles(CodedOutputStream output, int field, IReadOnlyList<double> values)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteLength(values.Count * sizeof(double));
        foreach (var value in values)
        {
            output.WriteDouble(value);
        }
    }

    private static void Message(CodedOutputStream output, int field, Action<CodedOutputStream> write)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(UnsafeByteOperations.UnsafeWrap(Bytes(write)));
    }

    private static byte[] Bytes(Action<CodedOutputStream> write)
    {
        using var memory = new MemoryStream();
        using (var output = new CodedOutputStream(memory, leaveOpen: true))
        {
            write(output);
        }
        return memory.ToArray();
    }
}
