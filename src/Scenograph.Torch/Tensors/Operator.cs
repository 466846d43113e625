namespace Scenograph.Torch;

/// <summary>An operator of libtorch, found by name in its dispatcher once and called boxed from then on.</summary>
internal sealed unsafe class Operator
{
    private readonly string name;
    private readonly nint handle;
    private readonly string? missing;

    private Operator(string name, nint handle, string? missing)
    {
        this.name = name;
        this.handle = handle;
        this.missing = missing;
    }

    /// <summary>Looks an operator up. One that this libtorch lacks fails when it is called, not when its table is set up.</summary>
    internal static Operator Find(string name, string overload)
    {
        var missing = Native.sg_operator_find(name, overload, out var handle) != 0 ? Native.ErrorText() : null;
        return new(overload.Length == 0 ? name : $"{name}.{overload}", handle, missing);
    }

    /// <summary>With its overload: <c>aten::add.Tensor</c>.</summary>
    internal string Name => name;

    /// <summary>The schema as the libtorch that is loaded has it, or null where it has no such operator.</summary>
    internal string? Schema => missing is null ? Native.SchemaText(handle) : null;

    internal Results Call(Value* values, int count)
    {
        if (missing is not null) throw new TorchException($"{name}: libtorch {EngineInfo.LibtorchVersion} has no such operator: {missing}");
        Value* results;
        int resultCount;
        if (Native.sg_operator_call(handle, values, count, &results, &resultCount) != 0) throw Failure(values, count);
        return new(results, resultCount);
    }

    private TorchException Failure(Value* values, int count)
    {
        var reason = Native.ErrorText();
        var arguments = new List<string>();
        for (var i = 0; i < count; i++) arguments.Add(Describe(values[i]));
        return new($"{name}({string.Join(", ", arguments)}): {reason}");
    }

    private static string Describe(Value value)
    {
        switch (value.Tag)
        {
            case ValueTag.Tensor: return Shape((nint)value.Bits);
            case ValueTag.TensorList or ValueTag.OptionalTensorList:
                var shapes = new List<string>();
                for (var i = 0; i < Math.Min(value.Count, 8); i++) shapes.Add(Shape(((nint*)value.Bits)[i]));
                return $"[{string.Join(", ", shapes)}{(value.Count > 8 ? ", ..." : "")}]";
            case ValueTag.IntList: return $"[{string.Join(", ", new ReadOnlySpan<long>((void*)value.Bits, value.Count).ToArray())}]";
            case ValueTag.Double: return BitConverter.Int64BitsToDouble(value.Bits).ToString("R", System.Globalization.CultureInfo.InvariantCulture);
            case ValueTag.Int or ValueTag.Bool: return value.Bits.ToString(System.Globalization.CultureInfo.InvariantCulture);
            case ValueTag.Default or ValueTag.None: return "-";
            case ValueTag.String: return System.Text.Encoding.UTF8.GetString((byte*)value.Bits, value.Count);
            default: return value.Tag.ToString();
        }
    }

    private static string Shape(nint handle)
    {
        long* sizes = stackalloc long[16];
        Native.Description description;
        if (handle == 0 || Native.sg_tensor_describe(handle, &description, sizes) != 0) return "-";
        return $"{(DType)description.DType}[{string.Join(", ", new ReadOnlySpan<long>(sizes, description.Dimensions).ToArray())}]";
    }

    /// <summary>What a call returned: a buffer of this thread, to be read before its next call.</summary>
    internal readonly ref struct Results(Value* values, int count)
    {
        internal Tensor Tensor(int i) => Torch.Tensor.Own((nint)values[i].Bits);

        internal bool Boolean(int i) => values[i].Bits != 0;

        internal long Integer(int i) => values[i].Bits;

        internal double Real(int i) => BitConverter.Int64BitsToDouble(values[i].Bits);

        internal Tensor[] Tensors()
        {
            var tensors = new Tensor[count];
            for (var i = 0; i < count; i++) tensors[i] = Tensor(i);
            return tensors;
        }

        internal void Discard()
        {
            for (var i = 0; i < count; i++)
            {
                if (values[i].Tag == ValueTag.Tensor) Native.sg_tensor_free((nint)values[i].Bits);
            }
        }
    }
}
