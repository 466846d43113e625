using System.Text;
using Scenograph.Torch.Serialization.Pickle;

namespace Scenograph.Torch.Serialization.PyTorch;

/// <summary>The format of torch from 1.6 on: a zip with one folder, in it <c>data.pkl</c> and each storage as <c>data/KEY</c>.</summary>
internal static class PyTorchZipFile
{
    private const string PickleName = "data.pkl";

    public static object? Read(ByteSource source)
    {
        var zip = ZipDirectory.Read(source);
        var pickles = zip.Names.Where(name => name == PickleName || (name.EndsWith($"/{PickleName}", StringComparison.Ordinal) && name.IndexOf('/', StringComparison.Ordinal) == name.LastIndexOf('/'))).ToArray();
        if (pickles is not [var pickle])
        {
            throw source.Refuse($"this is a zip, but not one that torch.save wrote: {pickles.Length} entries {PickleName} instead of one");
        }
        var folder = pickle[..^PickleName.Length];
        if (zip.Find($"{folder}constants.pkl") != null)
        {
            throw source.Refuse($"this is a TorchScript program, not a checkpoint; save the weights with torch.save(model.state_dict(), ...)");
        }
        CheckByteOrder(source, zip, folder);

        var (start, length) = zip.Find(pickle)!.Value;
        var budget = new PickleBudget(source);
        var constructors = new PyTorchConstructors(source, budget);
        var root = new PickleMachine(source, new PickleInput(source, start, start + length), budget, constructors).Read();
        foreach (var storage in constructors.Storages.Values)
        {
            Place(source, zip, folder, storage);
        }
        return root;
    }

    private static void CheckByteOrder(ByteSource source, ZipDirectory zip, string folder)
    {
        if (zip.Find($"{folder}byteorder") is not var (start, length))
        {
            return; // files from before torch 2.1 do not say
        }
        var order = new byte[Math.Min(length, 16)];
        source.Read(start, order);
        if (!order.AsSpan().SequenceEqual("little"u8))
        {
            throw source.Refuse($"the checkpoint has byte order {Encoding.Latin1.GetString(order)}, but only little is read");
        }
    }

    private static void Place(ByteSource source, ZipDirectory zip, string folder, PyTorchStorage storage)
    {
        if (zip.Find($"{folder}data/{storage.Key}") is not var (start, length))
        {
            throw source.Refuse($"the zip lacks the entry {folder}data/{storage.Key}, which a tensor needs");
        }
        if (length < storage.Bytes)
        {
            throw source.Refuse($"the zip's entry {folder}data/{storage.Key} has {length:N0} bytes, but {storage.Bytes:N0} are needed");
        }
        storage.Start = start;
    }
}
