using System.Buffers.Binary;
using System.IO.Compression;
using FsCheck;
using FsCheck.Fluent;
using Scenograph.Data.Formats;
using Scenograph.Tests.Unit.Fuzz;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Data.Formats;

public sealed class TfRecordTests
{
    // RFC 3720, appendix B.4, and the check value of the CRC catalogue.
    public static TheoryData<byte[], uint> KnownChecksums() => new()
    {
        { [], 0u },
        { "123456789"u8.ToArray(), 0xE3069283u },
        { new byte[32], 0x8A9136AAu },
        { [.. Enumerable.Repeat((byte)0xFF, 32)], 0x62A8AB43u },
        { [.. Enumerable.Range(0, 32).Select(i => (byte)i)], 0x46DD794Eu },
        { [.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))], 0x113FDB5Cu },
    };

    [Theory, MemberData(nameof(KnownChecksums))]
    public void Checksums_equal_the_published_ones(byte[] data, uint expected) => Assert.Equal(expected, Crc32C.Compute(data));

    [Fact]
    public void Checksums_equal_the_definition_bit_by_bit() =>
        Prop.ForAll<byte[]>(data => Crc32C.Compute(data) == Slow(data)).Check(Repeatable.Config);

    [Fact]
    public void A_record_has_the_bytes_that_TensorFlow_writes()
    {
        // Every event file that TensorFlow makes begins with a record of 24 bytes, hence with these twelve.
        var file = Write(new byte[24]);

        Assert.Equal("1800000000000000A37F4B22", Convert.ToHexString(file.AsSpan(0, 12)));
        Assert.Equal(12 + 24 + 4, file.Length);
        Assert.Equal(Masked(Slow(new byte[24])), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(36)));
    }

    [Fact]
    public void What_is_written_is_read_back() => Prop.ForAll<byte[][]>(records =>
    {
        var written = records.Where(record => record is not null).ToArray();
        return Read(Write(written)).Zip(written).All(pair => pair.First.SequenceEqual(pair.Second)) && Read(Write(written)).Count == written.Length;
    }).Check(Repeatable.Config);

    [Fact]
    public void A_file_cut_off_anywhere_within_a_record_is_refused()
    {
        var file = Write([1, 2, 3], [4, 5, 6, 7]);
        var ends = new[] { 0, 19, file.Length };
        for (var length = 0; length <= file.Length; length++)
        {
            if (ends.Contains(length))
            {
                Assert.Equal(Array.IndexOf(ends, length), Read(file[..length]).Count);
                continue;
            }
            var refusal = Assert.Throws<InputException>(() => Read(file[..length]));
            Assert.Contains("made.tfrecords: the file ends within", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_changed_bit_is_noticed()
    {
        var file = Write([1, 2, 3]);
        for (var bit = 0; bit < 8 * file.Length; bit++)
        {
            var changed = (byte[])file.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<InputException>(() => Read(changed));
        }
    }

    [Fact]
    public void A_length_beyond_the_file_reserves_no_memory()
    {
        var file = new byte[40];
        BinaryPrimitives.WriteUInt64LittleEndian(file, 30 << 20);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(8), Masked(Slow(file.AsSpan(0, 8))));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<InputException>(() => Read(file));

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Fact]
    public void A_length_beyond_what_is_accepted_is_refused_by_its_number()
    {
        var refusal = Assert.Throws<InputException>(() => TfRecord.Read(new MemoryStream(Write(new byte[100])), "made.tfrecords", maximumLength: 99).ToList());

        Assert.Equal("made.tfrecords: record 0 declares 100 bytes; at most 99 are accepted", refusal.Message);
    }

    [Fact]
    public void Long_records_are_read_whole()
    {
        var data = new byte[3_000_000];
        new System.Random(1).NextBytes(data);

        Assert.Equal(data, Assert.Single(Read(Write(data))));
    }

    [Fact]
    public void Plain_and_gzip_files_are_told_apart()
    {
        // A record of 559,903 bytes begins with gzip's magic bytes.
        var lookalike = Write(new byte[0x088B1F]);
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["plain"], lookalike);
        File.WriteAllBytes(folder["packed"], Gzip(Write([1, 2, 3], [4])));

        Assert.Equal(0x088B1F, Assert.Single(TfRecord.ReadFile(folder["plain"])).Length);
        Assert.Equal([[1, 2, 3], [4]], TfRecord.ReadFile(folder["packed"]));
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var refusal = Assert.Throws<InputException>(() => TfRecord.ReadFile("nowhere/x.tfrecords").ToList());

        Assert.Contains("nowhere/x.tfrecords", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_thousand_damaged_files_are_read_or_refused() =>
        Mutations.Check([Write(), Write([1, 2, 3], new byte[300]), Write([.. Enumerable.Range(0, 2000).Select(i => (byte)i)])], file => Read(file), Repair);

    [Fact]
    public void Ten_thousand_damaged_gzip_files_are_read_or_refused()
    {
        using var folder = new TemporaryFolder();
        var path = folder["fuzz.tfrecords.gz"];
        Mutations.Check([Gzip(Write([1, 2, 3], new byte[300])), Gzip(Write([.. Enumerable.Range(0, 900).Select(i => (byte)(i * i))]))], file =>
        {
            File.WriteAllBytes(path, file);
            _ = TfRecord.ReadFile(path).Count();
        });
    }

    /// <summary>Puts the checksums of the first record right, so that what its length says is acted on.</summary>
    private static byte[] Repair(byte[] file)
    {
        if (file.Length < 16)
        {
            return file;
        }
        var repaired = (byte[])file.Clone();
        BinaryPrimitives.WriteUInt32LittleEndian(repaired.AsSpan(8), Masked(Slow(repaired.AsSpan(0, 8))));
        var length = BinaryPrimitives.ReadUInt64LittleEndian(repaired);
        if (length <= (ulong)(repaired.Length - 16))
        {
            BinaryPrimitives.WriteUInt32LittleEndian(repaired.AsSpan(12 + (int)length), Masked(Slow(repaired.AsSpan(12, (int)length))));
        }
        return repaired;
    }

    private static byte[] Write(params byte[][] records)
    {
        using var file = new MemoryStream();
        foreach (var record in records)
        {
            TfRecord.Write(file, record);
        }
        return file.ToArray();
    }

    private static List<byte[]> Read(byte[] file) => [.. TfRecord.Read(new MemoryStream(file), "made.tfrecords")];

    private static byte[] Gzip(byte[] file)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Optimal))
        {
            stream.Write(file);
        }
        return packed.ToArray();
    }

    private static uint Slow(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0x82F63B78u : crc >> 1;
            }
        }
        return ~crc;
    }

    private static uint Masked(uint crc) => ((crc >> 15) | (crc << 17)) + 0xA282EAD8u;
}
