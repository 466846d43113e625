using Scenograph.Torch.Serialization.Pickle;
using Scenograph.Torch.Serialization.PyTorch;

namespace Scenograph.Torch.Serialization;

/// <summary>
/// A file that <c>torch.save</c> wrote (<c>.pt</c>, <c>.pth</c>, <c>.ckpt</c>): the zip format of torch 1.6 and later, or the one before.
/// Its pickle is read as data by <see cref="PickleMachine"/>; nothing in it is ever executed, neither Python nor libtorch is needed.
/// </summary>
/// <example><code>
/// using var checkpoint = PyTorchCheckpoint.Open("last.ckpt");
/// foreach (var (name, tensor) in checkpoint.StateDict(prefix: "model."))
/// {
///     byte[] elements = tensor.ReadBytes();
/// }
/// </code></example>
public sealed class PyTorchCheckpoint : IDisposable
{
    private readonly ByteSource source;

    private PyTorchCheckpoint(ByteSource source)
    {
        this.source = source;
        try
        {
            Root = Read(source);
        }
        catch
        {
            source.Close();
            throw;
        }
    }

    /// <summary>Path or name, as errors give it.</summary>
    public string Name => source.Name;

    /// <summary>
    /// What was saved: null, bool, long, BigInteger, double, string, byte[], <see cref="PyTorchTensor"/>, <see cref="PickleDictionary"/>,
    /// <see cref="PickleList"/>, <see cref="PickleTuple"/>, <see cref="PickleSet"/>, <see cref="PickleGlobal"/>, or <see cref="PickleObject"/>
    /// for objects of other classes. Lists and dictionaries may hold themselves.
    /// </summary>
    public object? Root { get; }

    /// <summary>Opens a checkpoint; keep it open while tensors are read.</summary>
    /// <exception cref="InputException">The file is missing, truncated, damaged, hostile, or no checkpoint.</exception>
    public static PyTorchCheckpoint Open(string path) => new(ByteSource.OfFile(path));

    /// <summary>Opens a checkpoint that lies in memory.</summary>
    /// <param name="file">Its bytes; kept, not copied.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InputException">The file is truncated, damaged, hostile, or no checkpoint.</exception>
    public static PyTorchCheckpoint Open(ReadOnlyMemory<byte> file, string name) => new(ByteSource.OfMemory(file, name));

    /// <summary>The named weights: the checkpoint itself if it is a state dict, or what it holds under one of the usual keys.</summary>
    /// <param name="prefix">Taken off the names that begin with it, e.g. <c>model.</c> (Lightning) or <c>module.</c> (data parallel).</param>
    /// <param name="key">Where to look instead, e.g. <c>ema</c> or <c>models.generator</c>.</param>
    /// <returns>In the order of the file.</returns>
    /// <exception cref="InputException">There are none, or one of them is of a kind that is not read.</exception>
    public IReadOnlyDictionary<string, PyTorchTensor> StateDict(string? prefix = null, string? key = null) => StateDictionary.Find(source, Root, key, prefix);

    /// <inheritdoc/>
    public void Dispose() => source.Close();

    private static object? Read(ByteSource source)
    {
        if (source.Length == 0)
        {
            throw source.Refuse($"the file is empty, but a PyTorch checkpoint was expected");
        }
        Span<byte> start = stackalloc byte[(int)Math.Min(source.Length, 262)];
        source.Read(0, start);
        if (ZipDirectory.IsZip(start))
        {
            return PyTorchZipFile.Read(source);
        }
        if (start[0] == 0x80 || start[0] is (byte)'(' or (byte)'c' or (byte)'}' or (byte)']')
        {
            return PyTorchLegacyFile.Read(source);
        }
        throw start.Length == 262 && start[257..].SequenceEqual("ustar"u8)
            ? source.Refuse($"this is a checkpoint of the tar format of torch before 0.1.10; load it in Python and save it again")
            : source.Refuse($"this is no PyTorch checkpoint: it begins neither like a zip nor like a pickle");
    }
}
