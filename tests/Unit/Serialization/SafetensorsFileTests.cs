using System.Buffers.Binary;
using System.Text;
using Scenograph.Torch;
using Scenograph.Torch.Serialization;

namespace Scenograph.Tests.Unit.Serialization;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("scenograph-safetensors-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void What_is_written_is_read_back()
    {
        SafetensorsFile.Write(At("a.safetensors"), Entries(), new Dictionary<string, string> { ["step"] = "12", ["recipe"] = "name: ä\n\"x\"" });

        using var file = SafetensorsFile.Open(At("a.safetensors"));

        Assert.Equal(["bias", "empty", "weight", "half", "flag"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (byte)i), file.ReadBytes("weight"));
        Assert.Equal([2, 3], file.Find("weight")!.Shape);
        Assert.Equal("F32", file.Find("weight")!.ElementType);
        Assert.Empty(file.ReadBytes("empty"));
        Assert.Empty(file.Find("bias")!.Shape);
        Assert.Equal("name: ä\n\"x\"", file.Metadata["recipe"]);
    }

    [Fact]
    public void Every_tensor_is_aligned_to_its_element()
    {
        using var memory = new MemoryStream();
        SafetensorsFile.Write(memory, Entries());
        using var file = SafetensorsFile.Open(memory.ToArray(), "x");

        var dataStart = 8 + BinaryPrimitives.ReadInt64LittleEndian(memory.ToArray());

        Assert.All(file.Tensors, tensor => Assert.Equal(0, (dataStart + tensor.Start) % ElementType.Size(tensor.ElementType)));
    }

    [Fact]
    public void The_same_tensors_in_another_order_give_the_same_file() => Assert.Equal(Bytes(Entries()), Bytes([.. Entries().Reverse()]));

    [Fact]
    public void A_part_of_a_tensor_can_be_read()
    {
        using var file = SafetensorsFile.Open(Bytes(Entries()), "x");
        var part = new byte[4];

        file.Read(file.Find("weight")!, 8, part);

        Assert.Equal([8, 9, 10, 11], part);
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_file_and_nothing_else()
    {
        SafetensorsFile.Write(At("a.safetensors"), Entries());
        var before = File.ReadAllBytes(At("a.safetensors"));

        Assert.ThrowsAny<Exception>(() => SafetensorsFile.Write(At("a.safetensors"), [new("w", "F32", [1], _ => throw new NotSupportedException())]));

        Assert.Equal(before, File.ReadAllBytes(At("a.safetensors")));
        Assert.Single(folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public void A_full_disk_is_named_and_leaves_the_old_file()
    {
        SafetensorsFile.Write(At("a.safetensors"), Entries());
        var before = File.ReadAllBytes(At("a.safetensors"));
        var full = new SafetensorsEntry("w", "F32", [1], _ => throw new IOException("No space left on device", 28));

        var error = Assert.Throws<InputException>(() => SafetensorsFile.Write(At("a.safetensors"), [full]));

        Assert.Equal($"{At("a.safetensors")}: the disk is full; the file that was there is unchanged; free some space or choose another folder", error.Message);
        Assert.Equal(before, File.ReadAllBytes(At("a.safetensors")));
    }

    [Fact]
    public void Writing_into_a_missing_folder_is_refused() =>
        Assert.Equal($"{At("no/a.safetensors")}: the folder {At("no")} does not exist", Assert.Throws<InputException>(() => SafetensorsFile.Write(At("no/a.safetensors"), [])).Message);

    [Fact]
    public void An_entry_that_writes_too_little_is_a_mistake_of_the_program() =>
        Assert.Throws<ArgumentException>(() => Bytes([new("w", "F32", [2], new byte[4])]));

    [Fact]
    public void A_truncated_file_is_refused_with_the_place_where_it_ends()
    {
        var file = Bytes(Entries());

        Assert.Equal($"x.safetensors: the file ends after {file.Length - 5} of {file.Length} bytes", Refusal(file[..^5]));
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        var file = Bytes(Entries());
        for (var length = 0; length < file.Length; length++)
        {
            Assert.StartsWith("x.safetensors: ", Refusal(file[..length]), StringComparison.Ordinal);
        }
    }

    [Theory, InlineData(9223L), InlineData(long.MaxValue), InlineData(-1L)]
    public void A_header_length_larger_than_the_file_is_refused(long length)
    {
        var file = Bytes(Entries());
        BinaryPrimitives.WriteInt64LittleEndian(file, length);

        Assert.StartsWith($"x.safetensors: the safetensors header should have {FormattableString.Invariant($"{(ulong)length:N0}")} bytes, but only ", Refusal(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "tensor a comes twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""", 6, "shares bytes with another")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "leaves a hole")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 6, "2 bytes follow the last tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "does not fit into the 4 bytes")]
    [InlineData("""{"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}""", 4, "element type F33, which is unknown")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "before its start")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "whole numbers from 0 on")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}""", 4, "whole numbers from 0 on")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "does not fit into the 0 bytes")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,4]}}""", 4, "lacks its dtype, shape or two data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}""", 4, "has shape twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}}""", 4, "an entry more which is unknown")]
    [InlineData("""{"a":7}""", 0, "is no object with dtype, shape and data_offsets")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "__metadata__.a of the safetensors header is no text")]
    [InlineData("""{"a":""", 0, "is not valid JSON")]
    [InlineData("""{} {}""", 0, "is not valid JSON")]
    [InlineData("""{"\ud800":7}""", 0, "is not valid JSON")]
    [InlineData("""[]""", 0, "does not begin with a brace")]
    public void Every_rule_of_the_format_is_kept(string json, int dataLength, string reason)
    {
        var header = Encoding.UTF8.GetBytes(json);
        byte[] file = [.. BitConverter.GetBytes((long)header.Length), .. header, .. new byte[dataLength]];

        var message = Refusal(file);

        Assert.StartsWith("x.safetensors: ", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_out_of_the_file_cannot_break_the_sentence()
    {
        var header = Encoding.UTF8.GetBytes($$"""{"evil\n\u001b[31m{{new string('x', 5000)}}":7}""");

        var message = Refusal([.. BitConverter.GetBytes((long)header.Length), .. header]);

        Assert.DoesNotContain(message, char.IsControl);
        Assert.True(message.Length < 500);
    }

    [Fact]
    public void A_missing_tensor_is_named()
    {
        using var file = SafetensorsFile.Open(Bytes(Entries()), "x.safetensors");

        Assert.Equal("x.safetensors: there is no tensor nose", Assert.Throws<InputException>(() => file.ReadBytes("nose")).Message);
    }

    private static SafetensorsEntry[] Entries() =>
    [
        new("flag", "BOOL", [3], new byte[] { 1, 0, 1 }),
        new("weight", "F32", [2, 3], Enumerable.Range(0, 24).Select(i => (byte)i).ToArray()),
        new("half", "BF16", [1], new byte[2]),
        new("bias", "F64", [], new byte[8]),
        new("empty", "I64", [0, 5], Array.Empty<byte>()),
    ];

    private static byte[] Bytes(IReadOnlyList<SafetensorsEntry> entries)
    {
        using var memory = new MemoryStream();
        SafetensorsFile.Write(memory, entries, new Dictionary<string, string> { ["step"] = "12" });
        return memory.ToArray();
    }

    private string At(string name) => Path.Combine(folder.FullName, name);

    private static string Refusal(byte[] file) => Assert.Throws<InputException>(() => SafetensorsFile.Open(file, "x.safetensors")).Message;
}
