using Scenograph.Torch;
using Scenograph.Torch.Files;

namespace Scenograph.Data.Formats;

/// <summary>CIFAR-10 in its binary version: records of one class byte and 3 × 32 × 32 bytes, planes red, green, blue.</summary>
public sealed class Cifar10Files
{
    /// <summary>Height and width of every image.</summary>
    public const int Size = 32;

    private const int Record = 1 + (3 * Size * Size);
    private const int RecordsPerFile = 10_000;

    private readonly List<byte[]> files;

    private Cifar10Files(List<byte[]> files) => this.files = files;

    /// <summary>50,000 or 10,000.</summary>
    public int Count => files.Count * RecordsPerFile;

    /// <param name="folder">Holds data_batch_1.bin to data_batch_5.bin and test_batch.bin.</param>
    /// <param name="test">The 10,000 test images; else the 50,000 of training.</param>
    /// <exception cref="InputException">A file is missing or has another size.</exception>
    public static Cifar10Files Read(string folder, bool test)
    {
        string[] names = test ? ["test_batch.bin"] : [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin")];
        return new Cifar10Files([.. names.Select(name => ReadFile(Path.Combine(folder, name)))]);
    }

    /// <returns>[3, 32, 32] of one image.</returns>
    public ReadOnlySpan<byte> Image(int index)
    {
        var record = index % RecordsPerFile * Record;
        return files[index / RecordsPerFile].AsSpan(record + 1, Record - 1);
    }

    private static byte[] ReadFile(string path)
    {
        using var stream = InputFile.Open(path);
        const int Length = Record * RecordsPerFile;
        if (stream.Length != Length)
        {
            throw new InputException($"{path}: {stream.Length} bytes, but a file of CIFAR-10's binary version has {Length}.");
        }

        var bytes = new byte[Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
