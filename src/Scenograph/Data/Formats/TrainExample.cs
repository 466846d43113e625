using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Scenograph.Torch;

namespace Scenograph.Data.Formats;

/// <summary>
/// One record of TensorFlow's data files, a <c>tf.train.Example</c>: features by name, each a list of byte strings, of float32 or of int64.
/// <code>
/// message Example   { Features features = 1; }
/// message Features  { map&lt;string, Feature&gt; feature = 1; }
/// message Feature   { oneof kind { BytesList bytes_list = 1; FloatList float_list = 2; Int64List int64_list = 3; } }
/// message BytesList { repeated bytes value = 1; }
/// message FloatList { repeated float value = 1 [packed = true]; }
/// message Int64List { repeated int64 value = 1 [packed = true]; }
/// </code>
/// Read on Google.Protobuf's input stream field by field instead of through generated classes: a picture is stored as a string of one byte
/// for each of its values, and an object for each of a million of them would cost more than everything else.
/// </summary>
public sealed class TrainExample
{
    private const int LargestFeatureCount = 1024;
    private const int LongestName = 500;
    private const uint Delimited = (uint)WireFormat.WireType.LengthDelimited;

    /// <summary>What precedes each string of one byte: field 1, one byte long.</summary>
    private static ReadOnlySpan<byte> OneByte => [(1 << 3) | (byte)Delimited, 1];

    private readonly string place;
    private readonly Dictionary<string, (FeatureKind Kind, ArraySegment<byte> List)> features = new(StringComparer.Ordinal);

    private TrainExample(string place) => this.place = place;

    private enum FeatureKind
    {
        None = 0,
        Bytes = 1,
        Floats = 2,
        Integers = 3,
    }

    /// <summary>Names of the features in the order of the record.</summary>
    public IReadOnlyCollection<string> Names => features.Keys;

    /// <summary>Whether there is a feature of this name.</summary>
    public bool Contains(string name) => features.ContainsKey(name);

    /// <summary>Finds a record's features; what they hold is decoded when it is asked for.</summary>
    /// <param name="record">Kept, not copied.</param>
    /// <param name="place">What messages call it, e.g. <c>x.tfrecords, record 3</c>.</param>
    /// <exception cref="InputException">The record is no Example.</exception>
    public static TrainExample Parse(byte[] record, string place)
    {
        ArgumentNullException.ThrowIfNull(record);
        var example = new TrainExample(place);
        try
        {
            foreach (var (tag, message) in Fields(record))
            {
                if (tag == Tag(1, Delimited))
                {
                    example.AddFeatures(message);
                }
            }
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new InputException($"{place}: the record is no tf.train.Example ({OneLine.Of(exception.Message)})", exception);
        }

        return example;
    }

    /// <summary>Values of a feature: strings of a list of bytes (its bytes where it is one string), or numbers; 0 where there is no such feature.</summary>
    /// <exception cref="InputException">The list is broken.</exception>
    public int Count(string name) => !features.TryGetValue(name, out var feature) ? 0 : Guard(name, () => feature.Kind switch
    {
        FeatureKind.Bytes => CountBytes(feature.List),
        FeatureKind.Floats => Fields(feature.List).Sum(field => field.Tag == Tag(1, Delimited) ? field.Content.Count / sizeof(float) : 1),
        FeatureKind.Integers => Fields(feature.List).Sum(field => field.Tag == Tag(1, Delimited) ? field.Content.Count(value => value < 0x80) : 1),
        _ => 0,
    });

    /// <summary>A feature of bytes, stored as one string a byte (as multi_object_datasets has them) or as one string of all.</summary>
    /// <param name="name">The feature.</param>
    /// <param name="count">How many bytes it must have.</param>
    /// <exception cref="InputException">It is missing, of another kind, or of another length.</exception>
    public byte[] Bytes(string name, int count)
    {
        var list = List(name, FeatureKind.Bytes, "bytes");
        var bytes = new byte[count];
        return Guard(name, () =>
        {
            var read = 0;
            var span = list.AsSpan();
            for (; span.Length > 2 && span.StartsWith(OneByte); span = span[3..])
            {
                if (read == count)
                {
                    throw WrongCount(name, CountBytes(list), count);
                }

                bytes[read++] = span[2];
            }

            foreach (var (_, text) in Fields(list.Slice(list.Count - span.Length)))
            {
                if (read == 0 && text.Count == count && CountBytes(list) == count)
                {
                    text.CopyTo(bytes);
                    return bytes;
                }

                if (text.Count != 1)
                {
                    throw new InputException($"{place}, feature '{name}': its string {read} has {text.Count:N0} bytes, but every string is one byte.");
                }

                if (read == count)
                {
                    throw WrongCount(name, CountBytes(list), count);
                }

                bytes[read++] = text[0];
            }

            return read == count ? bytes : throw WrongCount(name, read, count);
        });
    }

    /// <summary>A feature of float32 numbers, packed or not.</summary>
    /// <inheritdoc cref="Bytes"/>
    public float[] Floats(string name, int count)
    {
        var list = List(name, FeatureKind.Floats, "float numbers");
        return Guard(name, () =>
        {
            var floats = new List<float>(count);
            foreach (var (tag, content) in Fields(list))
            {
                if (content.Count % sizeof(float) != 0 || (tag != Tag(1, Delimited) && content.Count != sizeof(float)))
                {
                    throw new InputException($"{place}, feature '{name}': {content.Count} bytes are no float numbers.");
                }

                floats.AddRange(MemoryMarshal.Cast<byte, float>(content.AsSpan()));
                if (floats.Count > count)
                {
                    throw WrongCount(name, Count(name), count);
                }
            }

            return floats.Count == count ? floats.ToArray() : throw WrongCount(name, floats.Count, count);
        });
    }

    /// <summary>A feature of whole numbers, packed or not.</summary>
    /// <inheritdoc cref="Bytes"/>
    public long[] Integers(string name, int count)
    {
        var list = List(name, FeatureKind.Integers, "whole numbers");
        return Guard(name, () =>
        {
            var integers = new List<long>(count);
            foreach (var (_, content) in Fields(list))
            {
                var input = new CodedInputStream(content.Array!, content.Offset, content.Count);
                while (!input.IsAtEnd)
                {
                    integers.Add(input.ReadInt64());
                    if (integers.Count > count)
                    {
                        throw WrongCount(name, Count(name), count);
                    }
                }
            }

            return integers.Count == count ? integers.ToArray() : throw WrongCount(name, integers.Count, count);
        });
    }

    private void AddFeatures(ArraySegment<byte> message)
    {
        foreach (var (tag, entry) in Fields(message))
        {
            if (tag != Tag(1, Delimited))
            {
                continue;
            }

            var (name, feature) = ("", (Kind: FeatureKind.None, List: ArraySegment<byte>.Empty));
            foreach (var (part, content) in Fields(entry))
            {
                if (part == Tag(1, Delimited))
                {
                    name = content.Count <= LongestName
                        ? OneLine.Of(System.Text.Encoding.UTF8.GetString(content))
                        : throw new InputException($"{place}: a feature's name has {content.Count:N0} bytes; at most {LongestName} are read.");
                }
                else if (part == Tag(2, Delimited))
                {
                    feature = ReadFeature(content, feature);
                }
            }

            features[name] = feature;
            if (features.Count > LargestFeatureCount)
            {
                throw new InputException($"{place}: the record has more than the {LargestFeatureCount:N0} features that are read.");
            }
        }
    }

    // The last kind that is set counts, as for any oneof.
    private static (FeatureKind Kind, ArraySegment<byte> List) ReadFeature(ArraySegment<byte> message, (FeatureKind Kind, ArraySegment<byte> List) feature)
    {
        foreach (var (tag, list) in Fields(message))
        {
            if (tag == Tag(1, Delimited) || tag == Tag(2, Delimited) || tag == Tag(3, Delimited))
            {
                feature = ((FeatureKind)(tag >> 3), list);
            }
        }

        return feature;
    }

    private ArraySegment<byte> List(string name, FeatureKind kind, string wanted)
    {
        if (!features.TryGetValue(name, out var feature))
        {
            var there = features.Count == 0 ? "the record has none" : $"there are {string.Join(", ", features.Keys.Take(20))}";
            throw new InputException($"{place}: the feature '{name}' is missing; {there}.");
        }

        return feature.Kind == kind
            ? feature.List
            : throw new InputException($"{place}, feature '{name}': {wanted} are expected, but {feature.Kind switch { FeatureKind.Bytes => "bytes", FeatureKind.Floats => "float numbers", FeatureKind.Integers => "whole numbers", _ => "nothing" }} are there.");
    }

    private InputException WrongCount(string name, int actual, int expected) =>
        new($"{place}, feature '{name}': {actual:N0} values, but {expected:N0} are expected.");

    private T Guard<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new InputException($"{place}, feature '{name}': the list is broken ({OneLine.Of(exception.Message)})", exception);
        }
    }

    private static int CountBytes(ArraySegment<byte> list)
    {
        var count = 0;
        var span = list.AsSpan();
        for (; span.Length > 2 && span.StartsWith(OneByte); span = span[3..])
        {
            count++;
        }

        var longest = 0;
        foreach (var (_, text) in Fields(list.Slice(list.Count - span.Length)))
        {
            count++;
            longest = text.Count;
        }

        return count == 1 ? Math.Max(1, longest) : count;
    }

    /// <summary>The fields of a message: tag, and where the content lies (behind the length of delimited fields).</summary>
    private static IEnumerable<(uint Tag, ArraySegment<byte> Content)> Fields(ArraySegment<byte> message)
    {
        if (message.Count == 0)
        {
            yield break;
        }

        var bytes = message.Array!;
        var input = new CodedInputStream(bytes, message.Offset, message.Count);
        for (uint tag; (tag = input.ReadTag()) != 0;)
        {
            var start = (int)input.Position;
            input.SkipLastField();
            var end = (int)input.Position;
            if ((tag & 7) == Delimited)
            {
                while (bytes[start++] >= 0x80)
                {
                    // The length's own bytes; the stream has checked that they end.
                }
            }

            yield return (tag, new ArraySegment<byte>(bytes, start, end - start));
        }
    }

    private static uint Tag(int field, uint type) => ((uint)field << 3) | type;

    /// <summary>Makes a record.</summary>
    public sealed class Builder
    {
        private readonly ArrayBufferWriter<byte> entries = new();

        /// <summary>Adds a feature of bytes, one string a byte, as multi_object_datasets has them.</summary>
        public Builder AddBytes(string name, ReadOnlySpan<byte> bytes)
        {
            var list = new byte[3 * bytes.Length];
            for (var i = 0; i < bytes.Length; i++)
            {
                OneByte.CopyTo(list.AsSpan(3 * i));
                list[(3 * i) + 2] = bytes[i];
            }

            return Add(name, FeatureKind.Bytes, list);
        }

        /// <summary>Adds a feature of one string of bytes.</summary>
        public Builder AddString(string name, ReadOnlySpan<byte> bytes) => Add(name, FeatureKind.Bytes, Message((1, bytes.ToArray())));

        /// <summary>Adds a feature of float32 numbers.</summary>
        /// <param name="name">The feature.</param>
        /// <param name="values">Its values.</param>
        /// <param name="packed">As one field, which is what TensorFlow writes; else as a field each, which readers must take too.</param>
        public Builder AddFloats(string name, ReadOnlySpan<float> values, bool packed = true)
        {
            if (packed)
            {
                return Add(name, FeatureKind.Floats, Message((1, MemoryMarshal.AsBytes(values).ToArray())));
            }

            var list = new byte[5 * values.Length];
            for (var i = 0; i < values.Length; i++)
            {
                list[5 * i] = (byte)Tag(1, (uint)WireFormat.WireType.Fixed32);
                BinaryPrimitives.WriteSingleLittleEndian(list.AsSpan((5 * i) + 1), values[i]);
            }

            return Add(name, FeatureKind.Floats, list);
        }

        /// <summary>Adds a feature of whole numbers.</summary>
        /// <inheritdoc cref="AddFloats"/>
        public Builder AddIntegers(string name, ReadOnlySpan<long> values, bool packed = true)
        {
            using var list = new MemoryStream();
            using (var output = new CodedOutputStream(list, leaveOpen: true))
            {
                foreach (var value in values)
                {
                    if (!packed)
                    {
                        output.WriteTag(1, WireFormat.WireType.Varint);
                    }

                    output.WriteInt64(value);
                }
            }

            return Add(name, FeatureKind.Integers, packed ? Message((1, list.ToArray())) : list.ToArray());
        }

        /// <summary>The record's bytes.</summary>
        public byte[] ToArray() => Message((1, entries.WrittenSpan.ToArray()));

        private Builder Add(string name, FeatureKind kind, byte[] list)
        {
            entries.Write(Message((1, Message((1, System.Text.Encoding.UTF8.GetBytes(name)), (2, Message(((int)kind, list)))))));
            return this;
        }

        private static byte[] Message(params ReadOnlySpan<(int Field, byte[] Content)> fields)
        {
            var size = 0;
            foreach (var (field, content) in fields)
            {
                size += CodedOutputStream.ComputeTagSize(field) + CodedOutputStream.ComputeLengthSize(content.Length) + content.Length;
            }

            var message = new byte[size];
            using var output = new CodedOutputStream(message);
            foreach (var (field, content) in fields)
            {
                output.WriteTag(field, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(UnsafeByteOperations.UnsafeWrap(content));
            }

            output.Flush();
            return message;
        }
    }
}
