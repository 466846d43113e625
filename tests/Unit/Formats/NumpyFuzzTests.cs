using Scenograph.Data.Formats;
using Scenograph.Tests.Unit.Fuzz;

namespace Scenograph.Tests.Unit.Formats;

public sealed class NumpyFuzzTests
{
    [Fact]
    public void Damaged_arrays_are_read_or_refused()
    {
        byte[][] seeds =
        [
            Array(NumpyArray.From<float>([1, 2, 3, 4, 5, 6], 2, 3)),
            Array(NumpyArray.From<long>([-1])),
            Array(NumpyArray.From<byte>(new byte[600], 10, 20, 3)),
        ];

        Mutations.Check(seeds, file => NumpyArray.Read(new MemoryStream(file), file.Length, "fuzz.npy", long.MaxValue));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Damaged_archives_are_read_or_refused(bool compress)
    {
        byte[][] seeds =
        [
            Archive(compress, ("image", NumpyArray.From<float>(new float[300], 10, 10, 3)), ("label", NumpyArray.From<byte>([1, 2, 3], 3))),
            Archive(compress, ("x", NumpyArray.From<double>([0.5, 1.5], 1, 2))),
        ];

        Mutations.Check(seeds, file =>
        {
            using var archive = NumpyArchive.Open(new MemoryStream(file), "fuzz.npz");
            foreach (var name in archive.Names)
            {
                archive.Read(name);
            }
        });
    }

    private static byte[] Array(NumpyArray array)
    {
        using var stream = new MemoryStream();
        array.Write(stream);
        return stream.ToArray();
    }

    private static byte[] Archive(bool compress, params (string Name, NumpyArray Array)[] arrays)
    {
        var path = Path.GetTempFileName();
        try
        {
            NumpyArchive.Save(path, arrays.Select(entry => KeyValuePair.Create(entry.Name, entry.Array)), compress);
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
