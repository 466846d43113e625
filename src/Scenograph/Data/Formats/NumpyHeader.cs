using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Scenograph.Torch;

namespace Scenograph.Data.Formats;

/// <summary>
/// The header of an .npy file: magic, version 1.0 to 3.0, and a Python dictionary literal with descr, fortran_order and shape
/// (NEP 1). The literal is parsed, never evaluated.
/// </summary>
internal sealed record NumpyHeader(NumpyType Type, bool BigEndian, bool FortranOrder, int[] Shape, int HeaderBytes)
{
    private const int LargestHeader = 65_536;
    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Number of elements; at most <see cref="Array.MaxLength"/> bytes in all, or the header was refused.</summary>
    public int Count { get; } = checked((int)ElementCount(Shape));

    public int DataBytes => Count * Type.Size();

    /// <param name="stream">At the magic.</param>
    /// <param name="place">File, or file and entry, for messages.</param>
    public static NumpyHeader Read(Stream stream, string place)
    {
        Span<byte> start = stackalloc byte[12];
        if (stream.ReadAtLeast(start[..10], 10, throwOnEndOfStream: false) < 10 || !start[..6].SequenceEqual(Magic))
        {
            throw new InputException($"{place}: this is not a numpy array (it does not begin with \\x93NUMPY).");
        }

        var version = start[6];
        if (version is < 1 or > 3)
        {
            throw new InputException($"{place}: version {version}.{start[7]} of the numpy format is unknown; 1.0, 2.0 and 3.0 are read.");
        }

        var prefix = version == 1 ? 10 : 12;
        if (prefix == 12 && stream.ReadAtLeast(start[10..12], 2, throwOnEndOfStream: false) < 2)
        {
            throw new InputException($"{place}: the numpy header ends early.");
        }

        var length = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        if (length > LargestHeader)
        {
            throw new InputException($"{place}: the numpy header claims {length} bytes; at most {LargestHeader} are read.");
        }

        var text = new byte[length];
        if (stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false) < text.Length)
        {
            throw new InputException($"{place}: the numpy header claims {length} bytes, but the file ends before.");
        }

        var fields = new LiteralParser(Encoding.UTF8.GetString(text), place).Dictionary();
        return FromFields(fields, prefix + text.Length, place);
    }

    public static byte[] Write(NumpyType type, ReadOnlySpan<int> shape)
    {
        var order = type.Size() == 1 ? '|' : '<';
        var dimensions = string.Join(", ", shape.ToArray().Select(size => size.ToString(CultureInfo.InvariantCulture)));
        var tuple = shape.Length == 1 ? $"({dimensions},)" : $"({dimensions})";
        var text = $"{{'descr': '{order}{type.Code()}', 'fortran_order': False, 'shape': {tuple}, }}";
        // The data begin at a multiple of 64 bytes; the header ends with a line feed.
        var padded = (10 + text.Length + 1 + 63) / 64 * 64 - 10;
        var bytes = new byte[10 + padded];
        Magic.CopyTo(bytes);
        bytes[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), checked((ushort)padded));
        bytes.AsSpan(10).Fill((byte)' ');
        Encoding.ASCII.GetBytes(text, bytes.AsSpan(10));
        bytes[^1] = (byte)'\n';
        return bytes;
    }

    private static long ElementCount(ReadOnlySpan<int> shape)
    {
        var count = 1L;
        foreach (var size in shape)
        {
            count = checked(count * size);
        }

        return count;
    }

    private static NumpyHeader FromFields(Dictionary<string, object> fields, int headerBytes, string place)
    {
        if (!fields.TryGetValue("descr", out var descr) || descr is not string descriptor)
        {
            throw new InputException($"{place}: the numpy header has no plain element type (descr); structured arrays are not read.");
        }

        if (!fields.TryGetValue("fortran_order", out var order) || order is not bool fortran)
        {
            throw new InputException($"{place}: the numpy header lacks fortran_order.");
        }

        if (!fields.TryGetValue("shape", out var shapeValue) || shapeValue is not List<long> dimensions)
        {
            throw new InputException($"{place}: the numpy header lacks a shape.");
        }

        var hasOrder = descriptor.Length > 0 && descriptor[0] is '<' or '>' or '|' or '=';
        if (NumpyTypes.FromCode(hasOrder ? descriptor[1..] : descriptor) is not { } type)
        {
            var hint = descriptor is "O" or "|O" ? " (pickled Python objects, which are never executed)" : "";
            var shown = descriptor.Length <= 16 && descriptor.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '<' or '>' or '|' or '=')
                ? $"'{descriptor}'"
                : "in the header";
            throw new InputException(
                $"{place}: the element type {shown}{hint} is not read; b1, i1 to i8, u1 to u8 and f2 to f8 are.");
        }

        if (dimensions.Count > 32)
        {
            throw new InputException($"{place}: the array has {dimensions.Count} axes; at most 32 are read.");
        }

        var bytes = (long)type.Size();
        var empty = dimensions.Contains(0);
        foreach (var size in dimensions)
        {
            // An empty array has no bytes, whatever its other sizes are, so each is bounded alone.
            if (size is < 0 or > int.MaxValue || (!empty && (bytes *= size) > Array.MaxLength))
            {
                throw new InputException($"{place}: shape ({string.Join(", ", dimensions)}) is negative or larger than 2 GB.");
            }
        }

        return new NumpyHeader(type, descriptor[0] == '>', fortran, [.. dimensions.Select(size => (int)size)], headerBytes);
    }

    /// <summary>Just enough of Python's literals: a flat dictionary of strings, booleans and tuples of whole numbers.</summary>
    private sealed class LiteralParser(string text, string place)
    {
        private int position;

        public Dictionary<string, object> Dictionary()
        {
            var fields = new Dictionary<string, object>(StringComparer.Ordinal);
            Expect('{');
            while (!Accept('}'))
            {
                var key = Text();
                Expect(':');
                fields[key] = Value();
                if (!Accept(','))
                {
                    Expect('}');
                    break;
                }
            }

            return fields;
        }

        private object Value()
        {
            var next = Peek();
            if (next is '\'' or '"')
            {
                return Text();
            }

            if (next is '(')
            {
                return Tuple();
            }

            foreach (var (word, value) in new[] { ("True", true), ("False", false) })
            {
                if (string.CompareOrdinal(text, position, word, 0, word.Length) == 0)
                {
                    position += word.Length;
                    return value;
                }
            }

            throw Broken();
        }

        private List<long> Tuple()
        {
            var numbers = new List<long>();
            Expect('(');
            while (!Accept(')'))
            {
                numbers.Add(Number());
                if (!Accept(','))
                {
                    Expect(')');
                    break;
                }
            }

            return numbers;
        }

        private long Number()
        {
            Peek();
            var start = position;
            while (position < text.Length && (char.IsAsciiDigit(text[position]) || (position == start && text[position] == '-')))
            {
                position++;
            }

            if (!long.TryParse(text.AsSpan(start, position - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            {
                throw Broken();
            }

            // Python 2 wrote long integers with a letter behind.
            if (position < text.Length && text[position] == 'L')
            {
                position++;
            }

            return number;
        }

        private string Text()
        {
            var quote = Peek();
            if (quote is not ('\'' or '"'))
            {
                throw Broken();
            }

            var end = text.IndexOf(quote, position + 1);
            if (end < 0)
            {
                throw Broken();
            }

            var value = text[(position + 1)..end];
            position = end + 1;
            return value;
        }

        private char Peek()
        {
            while (position < text.Length && char.IsWhiteSpace(text[position]))
            {
                position++;
            }

            return position < text.Length ? text[position] : '\0';
        }

        private bool Accept(char wanted)
        {
            if (Peek() != wanted)
            {
                return false;
            }

            position++;
            return true;
        }

        private void Expect(char wanted)
        {
            if (!Accept(wanted))
            {
                throw Broken();
            }
        }

        private InputException Broken() =>
            new($"{place}: the numpy header is not a dictionary of descr, fortran_order and shape (at character {position}).");
    }
}
