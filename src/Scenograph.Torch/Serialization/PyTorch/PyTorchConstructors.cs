using System.Text;
using Scenograph.Torch.Serialization.Pickle;

namespace Scenograph.Torch.Serialization.PyTorch;

/// <summary>Makes tensors, storages and the few containers of checkpoints out of what their pickles say.</summary>
internal sealed class PyTorchConstructors(ByteSource source, PickleBudget budget) : IPickleConstructors
{
    private const int LargestRank = 64;

    private static readonly Dictionary<string, string> StorageTypes = new(StringComparer.Ordinal)
    {
        ["FloatStorage"] = "F32", ["DoubleStorage"] = "F64", ["HalfStorage"] = "F16", ["BFloat16Storage"] = "BF16",
        ["LongStorage"] = "I64", ["IntStorage"] = "I32", ["ShortStorage"] = "I16", ["CharStorage"] = "I8", ["ByteStorage"] = "U8", ["BoolStorage"] = "BOOL",
        ["ComplexFloatStorage"] = "C64", ["ComplexDoubleStorage"] = "C128", ["UntypedStorage"] = "U8", ["_UntypedStorage"] = "U8",
    };

    private static readonly Dictionary<string, string> ScalarTypes = new(StringComparer.Ordinal)
    {
        ["float32"] = "F32", ["float64"] = "F64", ["float16"] = "F16", ["bfloat16"] = "BF16", ["float"] = "F32", ["double"] = "F64", ["half"] = "F16",
        ["int64"] = "I64", ["int32"] = "I32", ["int16"] = "I16", ["int8"] = "I8", ["uint8"] = "U8", ["uint16"] = "U16", ["uint32"] = "U32", ["uint64"] = "U64",
        ["bool"] = "BOOL", ["complex64"] = "C64", ["complex128"] = "C128", ["float8_e5m2"] = "F8_E5M2", ["float8_e4m3fn"] = "F8_E4M3", ["float8_e8m0fnu"] = "F8_E8M0",
    };

    /// <summary>All storages that the pickle names, by key.</summary>
    public Dictionary<string, PyTorchStorage> Storages { get; } = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public (bool Known, object? Value) Construct(PickleGlobal constructor, PickleTuple arguments)
    {
        var items = arguments.Items;
        return (constructor.ToString(), items) switch
        {
            ("torch._tensor._rebuild_from_type_v2" or "torch._tensor._rebuild_from_type", [PickleGlobal inner, _, PickleTuple innerArguments, ..]) => Tensor(inner, innerArguments.Items),
            ("collections.OrderedDict" or "builtins.dict" or "__builtin__.dict", _) => Dictionary(items),
            ("collections.defaultdict", _) => Dictionary(items.Length > 1 ? items[1..] : []),
            ("torch.Size", [PickleTuple size]) => (true, size),
            ("torch.Size", [PickleList size]) => (true, new PickleTuple(Copy(size.Items))),
            ("builtins.set" or "__builtin__.set" or "builtins.frozenset" or "__builtin__.frozenset", [PickleList elements]) => (true, new PickleSet([.. Copy(elements.Items)])),
            ("_codecs.encode", [string text, "latin1" or "latin-1"]) => Latin1(text),
            ("builtins.bytes" or "__builtin__.bytes", []) => (true, Array.Empty<byte>()),
            ("numpy.core.multiarray.scalar" or "numpy._core.multiarray.scalar", [PickleObject type, byte[] value]) => NumpyScalar.Read(type, value),
            _ => Tensor(constructor, items),
        };
    }

    /// <inheritdoc/>
    public object? Persistent(object? identity)
    {
        if (identity is PickleTuple { Items: ["module", var module, ..] })
        {
            return module; // a class with its source text, in the old format; both stay inert
        }
        if (identity is not PickleTuple { Items: ["storage", PickleGlobal type, var key, _, long count, .. var rest] } || KeyText(key) is not { } name)
        {
            throw source.Refuse($"the pickle names data outside of it in an unknown way");
        }
        if (!StorageTypes.TryGetValue(type.Name, out var elementType) || type.Module is not ("torch" or "torch.cuda" or "torch.storage"))
        {
            throw source.Refuse($"the pickle has a storage of type {type.ToString()}, which is not read");
        }
        if (count < 0 || count > source.Length / Math.Max(1, ElementType.Size(elementType)))
        {
            throw source.Refuse($"the pickle has a storage {name} of {count:N0} elements, more than the file of {source.Length:N0} bytes holds");
        }
        if (!Storages.TryGetValue(name, out var storage))
        {
            budget.Charge(2 * PickleBudget.Operation);
            storage = new PyTorchStorage { Key = name, ElementType = elementType, Count = count, IsUntyped = type.Name.EndsWith("UntypedStorage", StringComparison.Ordinal) };
            Storages.Add(name, storage);
        }
        else if (storage.ElementType != elementType || storage.Count != count)
        {
            throw source.Refuse($"the pickle describes storage {name} in two different ways");
        }
        return rest is [PickleTuple { Items: [_, long viewOffset, long viewCount] }] ? View(storage, viewOffset, viewCount) : storage;
    }

    private PyTorchStorage View(PyTorchStorage root, long offset, long count)
    {
        budget.Charge(2 * PickleBudget.Operation);
        return offset >= 0 && count >= 0 && offset <= root.Count - count
            ? new PyTorchStorage { Key = root.Key, ElementType = root.ElementType, Count = count, IsUntyped = root.IsUntyped, Root = root, RootOffset = offset }
            : throw source.Refuse($"the pickle describes a piece of storage {root.Key} that goes beyond it");
    }

    private (bool Known, object? Value) Tensor(PickleGlobal constructor, object?[] items) => (constructor.ToString(), items) switch
    {
        ("torch._utils._rebuild_tensor" or "torch._utils._rebuild_tensor_v2", [PyTorchStorage storage, long offset, PickleTuple size, PickleTuple stride, ..]) =>
            (true, Tensor(storage, storage.ElementType, offset, size, stride)),
        ("torch._utils._rebuild_tensor_v3", [PyTorchStorage storage, long offset, PickleTuple size, PickleTuple stride, _, _, PickleGlobal { Module: "torch" } type, ..]) when ScalarTypes.TryGetValue(type.Name, out var elementType) =>
            (true, Tensor(storage, elementType, offset, size, stride)),
        ("torch._utils._rebuild_parameter" or "torch._utils._rebuild_parameter_with_state" or "torch.nn.parameter.Parameter" or "torch.nn.parameter.Buffer", [PyTorchTensor data, ..]) =>
            (true, data),
        _ => (false, null),
    };

    private PyTorchTensor Tensor(PyTorchStorage storage, string elementType, long offset, PickleTuple size, PickleTuple stride)
    {
        if (elementType != storage.ElementType && !storage.IsUntyped)
        {
            throw source.Refuse($"the pickle describes a tensor of type {elementType} in storage {storage.Key} of type {storage.ElementType}");
        }
        var rank = size.Items.Length;
        if (rank > LargestRank || rank != stride.Items.Length || size.Items.Any(item => item is not long) || stride.Items.Any(item => item is not long))
        {
            throw source.Refuse($"the pickle describes a tensor whose shape and strides are not two equally long lists of at most {LargestRank} whole numbers");
        }
        budget.Charge(3 * PickleBudget.Operation + 16 * rank);
        return new PyTorchTensor(source, storage, elementType, offset, [.. size.Items.Cast<long>()], [.. stride.Items.Cast<long>()]);
    }

    private (bool Known, object? Value) Dictionary(object?[] items)
    {
        switch (items)
        {
            case []:
                return (true, new PickleDictionary([]));
            case [PickleDictionary other]:
                budget.Charge(16L * other.Entries.Count);
                return (true, new PickleDictionary([.. other.Entries]));
            case [PickleList pairs]:
                budget.Charge(16L * pairs.Items.Count);
                var made = new PickleDictionary([]);
                foreach (var pair in pairs.Items)
                {
                    made.Entries.Add(pair switch
                    {
                        PickleTuple { Items: [var key, var value] } => new(key, value),
                        PickleList { Items: [var key, var value] } => new(key, value),
                        _ => throw source.Refuse($"the pickle describes a dictionary by something other than pairs"),
                    });
                }
                return (true, made);
            default:
                return (false, null);
        }
    }

    /// <summary>Python 3 writes bytes in this way where the protocol has none.</summary>
    private (bool Known, object? Value) Latin1(string text)
    {
        budget.Charge(text.Length);
        return (true, Encoding.Latin1.GetBytes(text));
    }

    private object?[] Copy(List<object?> items)
    {
        budget.Charge(24L * items.Count);
        return [.. items];
    }

    private static string? KeyText(object? key) => key switch
    {
        string text => text,
        long number => number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => null,
    };
}
