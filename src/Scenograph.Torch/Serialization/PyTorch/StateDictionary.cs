using Scenograph.Torch.Serialization.Pickle;

namespace Scenograph.Torch.Serialization.PyTorch;

/// <summary>Finds the named weights in what a checkpoint holds.</summary>
internal static class StateDictionary
{
    // What training programs call it; the first that holds tensors is taken.
    private static readonly string[] UsualKeys = ["state_dict", "model_state_dict", "model_state", "model", "module", "net", "network", "weights", "params"];

    public static Dictionary<string, PyTorchTensor> Find(ByteSource source, object? root, string? key, string? prefix)
    {
        var entries = key != null ? AtKey(source, root, key) : AtUsualPlace(source, root);
        var tensors = new Dictionary<string, PyTorchTensor>(StringComparer.Ordinal);
        foreach (var (name, value) in entries.Entries)
        {
            if (name is not string text)
            {
                continue;
            }
            if (value is PickleObject { Constructor.Module: var module } unread && (module == "torch" || module.StartsWith("torch.", StringComparison.Ordinal)))
            {
                throw source.Refuse($"weight {text} is {unread.ToString()}, a kind of tensor that is not read");
            }
            if (value is PyTorchTensor tensor)
            {
                tensors[text] = tensor;
            }
        }
        CheckTotal(source, tensors.Values);
        return prefix is { Length: > 0 } ? WithoutPrefix(source, tensors, prefix) : tensors;
    }

    private static PickleDictionary AtKey(ByteSource source, object? root, string key)
    {
        var place = root;
        foreach (var part in key.Split('.'))
        {
            place = (place as PickleDictionary)?.Find(part);
        }
        return place is PickleDictionary found && HasTensors(found) ? found : throw source.Refuse($"there are no weights under {key}; {Describe(root)}");
    }

    private static PickleDictionary AtUsualPlace(ByteSource source, object? root)
    {
        if (root is PickleDictionary top)
        {
            foreach (var key in UsualKeys)
            {
                if (top.Find(key) is PickleDictionary inner && HasTensors(inner))
                {
                    return inner;
                }
            }
            if (HasTensors(top))
            {
                return top;
            }
        }
        throw source.Refuse($"there are no named weights in the checkpoint; {Describe(root)}; save them with torch.save(model.state_dict(), ...)");
    }

    private static bool HasTensors(PickleDictionary dictionary) => dictionary.Entries.Exists(entry => entry is { Key: string, Value: PyTorchTensor });

    private static string Describe(object? root)
    {
        const int shown = 8;
        return root switch
        {
            PickleDictionary top => $"its keys are {string.Join(", ", top.Entries.Select(entry => entry.Key).OfType<string>().Distinct().Take(shown).Select(key => key.Length > 40 ? key[..40] : key))}",
            PyTorchTensor => "it holds a single tensor",
            PickleObject whole => $"it holds {whole}",
            PickleList or PickleTuple => "it holds a list",
            null => "it holds nothing",
            _ => "it holds a single value",
        };
    }

    /// <summary>Many tensors may share one storage; together they must stay in proportion to the file too.</summary>
    private static void CheckTotal(ByteSource source, IEnumerable<PyTorchTensor> tensors)
    {
        var total = tensors.Aggregate((Int128)0, (sum, tensor) => sum + tensor.Length);
        if (total > source.Allowance)
        {
            throw source.Refuse($"the weights take {total:N0} bytes, too many for a file of {source.Length:N0}");
        }
    }

    private static Dictionary<string, PyTorchTensor> WithoutPrefix(ByteSource source, Dictionary<string, PyTorchTensor> tensors, string prefix)
    {
        var renamed = new Dictionary<string, PyTorchTensor>(StringComparer.Ordinal);
        foreach (var (name, tensor) in tensors)
        {
            var shorter = name.StartsWith(prefix, StringComparison.Ordinal) && name.Length > prefix.Length ? name[prefix.Length..] : name;
            if (!renamed.TryAdd(shorter, tensor))
            {
                throw source.Refuse($"without the prefix {prefix} there are two weights {shorter}");
            }
        }
        return renamed;
    }
}
