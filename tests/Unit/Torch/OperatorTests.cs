using System.Reflection;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Torch;

public sealed class OperatorTests : IDisposable
{
    private readonly TensorScope scope = TensorScope.Begin();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void A_failure_names_the_operator_the_shapes_and_the_reason()
    {
        var a = Operators.Ones([2, 3]);
        var error = Assert.Throws<TorchException>(() => a.MatMul(Operators.Ones([4, 5], DType.Float32)));
        Assert.StartsWith("aten::matmul(Float32[2, 3], Float32[4, 5]): mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception raised from", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_shows_lists_numbers_and_texts_too()
    {
        var error = Assert.Throws<TorchException>(() => Operators.Einsum("ij,jk->", [Operators.Ones([2, 3]), Operators.Ones([4, 5])]));
        Assert.StartsWith("aten::einsum(ij,jk->, [Float32[2, 3], Float32[4, 5]], -): ", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<TorchException>(() => Operators.Ones([2, 3]).Sum([7]));
        Assert.StartsWith("aten::sum.dim_IntList(Float32[2, 3], [7], 0, -): ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_after_a_failure_are_as_before_it()
    {
        var a = Operators.Ones([2, 3]);
        Assert.Throws<TorchException>(() => Operators.Cat([a, Operators.Ones([5, 7])], 1));
        Assert.Equal([2, 6], Operators.Cat([a, a], 1).Shape.ToArray());
    }

    [Fact]
    public void Threads_call_and_fail_without_disturbing_each_other()
    {
        var wrong = 0;
        var threads = Enumerable.Range(2, 4).Select(n => new Thread(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                using var own = TensorScope.Begin();
                var a = Operators.Ones([n, n + 1]);
                var error = Assert.Throws<TorchException>(() => a.MatMul(a));
                if (!error.Message.Contains($"({n}x{n + 1} and {n}x{n + 1})", StringComparison.Ordinal)) Interlocked.Increment(ref wrong);
                if (a.Add(n).Sum().ToDouble() != n * (n + 1) * (n + 1)) Interlocked.Increment(ref wrong);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Equal(0, wrong);
    }

    [Fact]
    public void Arguments_left_out_take_the_schemas_defaults()
    {
        var input = Waves.Of([1, 1, 4, 4]);
        Assert.Equal([1, 1, 2, 2], Operators.Conv2d(input, Waves.Of([1, 1, 3, 3])).Shape.ToArray());
        Assert.Equal([1, 1, 2, 2], input.MaxPool2d(2).Shape.ToArray()); // stride [] means the kernel's
        Assert.Equal(DType.Float32, Operators.Zeros([1]).DType);
    }

    [Fact]
    public void An_in_place_operator_returns_its_own_tensor()
    {
        var a = Operators.Ones([2]);
        Assert.Same(a, a.Add_(1).Mul_(3));
        Assert.Equal([6f, 6f], a.ToArray<float>());
    }

    [Fact]
    public void In_place_operators_that_change_the_shape_show_it()
    {
        var a = Operators.Ones([2]);
        Assert.Equal([2], a.Shape.ToArray());
        a.Set_(Operators.Zeros([3, 4], DType.Int64));
        Assert.Equal([3, 4], a.Shape.ToArray());
    }

    [Fact]
    public void Lists_of_tensors_go_in_and_come_out()
    {
        var parts = Operators.Cat([Operators.Ones([2]), Operators.Zeros([4])]).Chunk(3);
        Assert.Equal(3, parts.Length);
        Assert.Equal([1f, 1f], parts[0].ToArray<float>());
        Assert.Equal([0f, 0f], parts[2].ToArray<float>());
    }

    [Fact]
    public void A_null_in_a_list_of_tensors_is_refused() =>
        Assert.Throws<ArgumentException>(() => Operators.Cat([Operators.Ones([2]), null!]));

    [Fact]
    public void Several_results_come_as_a_tuple()
    {
        var (values, indices) = Tensor.From<float>([1, 5, 3, 2, 4, 6], [2, 3]).Max(1);
        Assert.Equal([5f, 6f], values.ToArray<float>());
        Assert.Equal([1L, 2L], indices.ToArray<long>());
    }

    [Fact]
    public void Texts_and_optional_tensors_are_handed_on()
    {
        var a = Tensor.From<float>([1, 2, 3, 4], [2, 2]);
        Assert.Equal([5f], Operators.Einsum("ii->", [a]).ToArray<float>());
        Assert.Equal([2f, 4f], a.Index([null, Tensor.From<long>([1], [1])]).ToArray<float>());
        Assert.Equal(Operators.Linear(a, a, null).ToArray<float>(), Operators.Linear(a, a, Operators.Zeros([2])).ToArray<float>());
        Assert.Equal([0f, 1f, 0f], a.Select(0, 0).Narrow(0, 0, 1).Pad([1, 1], value: 0).ToArray<float>());
        Assert.Equal([1f, 2f], a.Select(0, 0).Gelu(approximate: "none").Round().ToArray<float>());
    }

    [Fact]
    public void Integers_stay_integers_and_numbers_come_back()
    {
        var a = Tensor.From<long>([7, 8], [2]);
        Assert.Equal(DType.Int64, a.Mul(2).DType);
        Assert.Equal(DType.Float32, a.Mul(2.5).DType);
        Assert.True(a.Equal(a.Clone()));
    }

    [Fact]
    public void Values_of_every_element_type_come_back_as_they_went_in()
    {
        Assert.Equal([1.5f, -2f], Tensor.From<float>([1.5f, -2f], [2]).ToArray<float>());
        Assert.Equal([1.5, -2], Tensor.From<double>([1.5, -2], [2]).ToArray<double>());
        Assert.Equal([long.MinValue, 3], Tensor.From<long>([long.MinValue, 3], [2]).ToArray<long>());
        Assert.Equal([5, -3], Tensor.From<int>([5, -3], [2]).ToArray<int>());
        Assert.Equal([(short)5, (short)-3], Tensor.From<short>([5, -3], [2]).ToArray<short>());
        Assert.Equal([(byte)255], Tensor.From<byte>([255], [1]).ToArray<byte>());
        Assert.Equal([true, false], Tensor.From<bool>([true, false], [2]).ToArray<bool>());
        Assert.Equal([(Half)0.5], Tensor.From<Half>([(Half)0.5], [1]).ToArray<Half>());
        Assert.Empty(Tensor.From<float>([], [0, 3]).ToArray<float>());
    }

    [Fact]
    public void Any_layout_comes_back_row_major()
    {
        var a = Tensor.From<float>([1, 2, 3, 4, 5, 6], [2, 3]);
        Assert.Equal([1f, 4, 2, 5, 3, 6], a.Transpose(0, 1).ToArray<float>());
        var image = Waves.Of([2, 3, 4, 5]);
        var channelsLast = image.Contiguous(MemoryFormat.ChannelsLast);
        Assert.True(channelsLast.IsChannelsLast);
        Assert.False(channelsLast.IsContiguous);
        Assert.Equal(image.ToArray<double>(), channelsLast.ToArray<double>());
    }

    [Fact]
    public void Bytes_that_do_not_fill_the_shape_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Tensor.From<float>([1, 2, 3], [2]));
        Assert.Throws<ArgumentException>(() => Operators.Ones([2]).CopyTo(new double[2].AsSpan()));
    }

    /// <summary>Newer versions append arguments; they must not rename, drop or reorder those that C# gives by place.</summary>
    [Fact]
    public void Every_operator_of_the_list_exists_in_this_libtorch_with_its_arguments_in_place()
    {
        var handles = typeof(OperatorTable).GetNestedTypes(BindingFlags.NonPublic)
            .Select(type => (Operator)type.GetField("Value", BindingFlags.Static | BindingFlags.NonPublic)!.GetValue(null)!)
            .ToDictionary(found => found.Name);
        var lines = TestFiles.PathOf("../../src/Scenograph.Torch/ops.txt");
        foreach (var line in File.ReadLines(lines).Select(l => l.Trim()).Where(l => l.StartsWith("aten::", StringComparison.Ordinal)))
        {
            var actual = handles[line[..line.IndexOf('(', StringComparison.Ordinal)]].Schema;
            Assert.True(actual is not null, $"not in this libtorch: {line}");
            var wanted = ArgumentNames(line);
            Assert.True(ArgumentNames(actual).Take(wanted.Count).SequenceEqual(wanted), $"ops.txt has {line}, this libtorch {actual}");
        }
    }

    private static List<string> ArgumentNames(string schema)
    {
        var text = schema[(schema.IndexOf('(', StringComparison.Ordinal) + 1)..schema.LastIndexOf(") -> ", StringComparison.Ordinal)];
        var names = new List<string>();
        var depth = 0;
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] is '(' or '[') depth++;
            if (i < text.Length && text[i] is ')' or ']') depth--;
            if (i < text.Length && (text[i] != ',' || depth > 0)) continue;
            var argument = text[start..i].Split('=')[0].Trim();
            if (argument.Length > 0 && argument != "*") names.Add(argument.Split(' ')[^1]);
            start = i + 1;
        }
        return names;
    }
}
