using System.Numerics;
using Scenograph.Torch.Serialization.Pickle;

namespace Scenograph.Torch.Serialization.PyTorch;

/// <summary>
/// The format of torch before 1.6 (and of <c>_use_new_zipfile_serialization=False</c>): four pickles (a magic number, the protocol
/// version, the writer's machine, the object), a pickled list of storage keys, then each storage as its element count (int64) and
/// its elements.
/// </summary>
internal static class PyTorchLegacyFile
{
    private const long ProtocolVersion = 1001;
    private static readonly BigInteger Magic = BigInteger.Parse("119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);

    public static object? Read(ByteSource source)
    {
        var input = new PickleInput(source, 0, source.Length);
        var budget = new PickleBudget(source);
        var constructors = new PyTorchConstructors(source, budget);
        object? Next() => new PickleMachine(source, input, budget, constructors).Read();

        if (Next() is not BigInteger magic || magic != Magic)
        {
            throw source.Refuse($"this is a pickle, but not one that torch.save wrote");
        }
        if (Next() is not ProtocolVersion)
        {
            throw source.Refuse($"the checkpoint's protocol version is not {ProtocolVersion}, the only one there is");
        }
        if (Next() is not PickleDictionary machine || machine.Find("little_endian") is not true)
        {
            throw source.Refuse($"the checkpoint was written on a big-endian machine, which is not read");
        }
        var root = Next();
        if (Next() is not PickleList keys)
        {
            throw source.Refuse($"the checkpoint lacks its list of storages");
        }
        Place(source, constructors.Storages, keys, input.Position);
        return root;
    }

    private static void Place(ByteSource source, Dictionary<string, PyTorchStorage> storages, PickleList keys, long position)
    {
        Span<byte> count = stackalloc byte[8];
        foreach (var key in keys.Items)
        {
            if (key is not string name || !storages.TryGetValue(name, out var storage) || storage.Start >= 0)
            {
                throw source.Refuse($"the checkpoint's list of storages names {key?.ToString() ?? "nothing"}, which no tensor uses or which came before");
            }
            if (position > source.Length - 8 - storage.Bytes)
            {
                throw source.Refuse($"the checkpoint ends after {source.Length:N0} of at least {position + 8 + storage.Bytes:N0} bytes");
            }
            source.Read(position, count);
            if (BitConverter.ToInt64(count) != storage.Count)
            {
                throw source.Refuse($"the checkpoint's storage {name} should have {storage.Count:N0} elements, but has {BitConverter.ToInt64(count):N0}");
            }
            storage.Start = position + 8;
            position += 8 + storage.Bytes;
        }
    }
}
