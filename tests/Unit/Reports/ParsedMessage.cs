using Google.Protobuf;

namespace Scenograph.Tests.Unit.Reports;

/// <summary>Any protobuf message, field by field: reads what is there without knowing our writer.</summary>
internal sealed class ParsedMessage
{
    private readonly Dictionary<int, List<object>> fields = [];

    public ParsedMessage(byte[] bytes)
    {
        var input = new CodedInputStream(bytes);
        for (uint tag; (tag = input.ReadTag()) != 0;)
        {
            object value = WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => input.ReadInt64(),
                WireFormat.WireType.Fixed64 => input.ReadDouble(),
                WireFormat.WireType.Fixed32 => input.ReadFloat(),
                WireFormat.WireType.LengthDelimited => input.ReadBytes(),
                var other => throw new InvalidDataException($"wire type {other}"),
            };
            var field = WireFormat.GetTagFieldNumber(tag);
            if (!fields.TryGetValue(field, out var values))
            {
                fields[field] = values = [];
            }
            values.Add(value);
        }
    }

    public bool Has(int field) => fields.ContainsKey(field);

    public long Whole(int field) => (long)Assert.Single(fields[field]);

    public double Double(int field) => (double)Assert.Single(fields[field]);

    public float Single(int field) => (float)Assert.Single(fields[field]);

    public byte[] Bytes(int field) => ((ByteString)Assert.Single(fields[field])).ToByteArray();

    public string Text(int field) => ((ByteString)Assert.Single(fields[field])).ToStringUtf8();

    public ParsedMessage Message(int field) => new(Bytes(field));

    public double[] PackedDoubles(int field)
    {
        var bytes = Bytes(field);
        return [.. Enumerable.Range(0, bytes.Length / sizeof(double)).Select(i => BitConverter.ToDouble(bytes, i * sizeof(double)))];
    }
}
