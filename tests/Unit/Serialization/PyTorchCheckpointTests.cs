using System.Runtime.InteropServices;
using Scenograph.Torch;
using Scenograph.Torch.Serialization;
using Scenograph.Torch.Serialization.Pickle;

namespace Scenograph.Tests.Unit.Serialization;

/// <summary>The files are made by data/make_checkpoints.py with PyTorch itself.</summary>
public sealed class PyTorchCheckpointTests
{
    private const string Data = "Serialization/data";

    public static TheoryData<string> WeightFiles => ["weights.pt", "weights-legacy.pt", "weights-protocol4.pt"];

    [Theory, MemberData(nameof(WeightFiles))]
    public void Every_element_type_is_read(string file)
    {
        using var checkpoint = Open(file);
        var weights = checkpoint.StateDict();

        Assert.Equal(["steps", "transposed", "piece", "channels_last", "repeated", "first", "second", "half", "brain", "long", "flag", "byte", "signed", "complex", "scalar", "empty", "parameter"], weights.Keys);
        AssertTensor("F16", [2], (Half[])[(Half)0.5, (Half)(-2)], weights["half"]);
        AssertTensor("BF16", [2], (ushort[])[0x3f80, 0xc040], weights["brain"]);
        AssertTensor("I64", [2], (long[])[-(1L << 40), 5], weights["long"]);
        AssertTensor("BOOL", [3], (byte[])[1, 0, 1], weights["flag"]);
        AssertTensor("U8", [2], (byte[])[0, 200], weights["byte"]);
        AssertTensor("I8", [2], (sbyte[])[-1, 1], weights["signed"]);
        AssertTensor("C64", [1], (float[])[1, 2], weights["complex"]);
        AssertTensor("F32", [], (float[])[2.5f], weights["scalar"]);
        AssertTensor("F32", [0, 3], (float[])[], weights["empty"]);
        AssertTensor("F32", [2], (float[])[4, 5], weights["parameter"]);
    }

    [Theory, MemberData(nameof(WeightFiles))]
    public void Strided_views_are_read_in_row_major_order(string file)
    {
        using var checkpoint = Open(file);
        var weights = checkpoint.StateDict();

        AssertTensor("F32", [3, 4], (float[])[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], weights["steps"]);
        AssertTensor("F32", [4, 3], (float[])[0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], weights["transposed"]);
        AssertTensor("F32", [2, 2], (float[])[4, 6, 8, 10], weights["piece"]);
        AssertTensor("I32", [1, 2, 3, 4], Enumerable.Range(0, 24).ToArray(), weights["channels_last"]);
        AssertTensor("I16", [2, 3], (short[])[7, 7, 7, 7, 7, 7], weights["repeated"]);
    }

    [Theory, MemberData(nameof(WeightFiles))]
    public void Tensors_that_share_a_storage_have_their_own_part(string file)
    {
        using var checkpoint = Open(file);
        var weights = checkpoint.StateDict();

        AssertTensor("F64", [3], (double[])[0, 1, 2], weights["first"]);
        AssertTensor("F64", [3], (double[])[3, 4, 5], weights["second"]);
    }

    [Theory, InlineData("lightning.ckpt"), InlineData("lightning-legacy.ckpt")]
    public void The_weights_of_a_lightning_checkpoint_lose_their_prefix(string file)
    {
        using var checkpoint = Open(file);
        var weights = checkpoint.StateDict(prefix: "model.");

        Assert.Equal(["0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked"], weights.Keys);
        Assert.Equal([2, 1, 3, 3], weights["0.weight"].Shape);
        AssertTensor("I64", [], (long[])[1], weights["1.num_batches_tracked"]);
    }

    [Theory, InlineData("lightning.ckpt"), InlineData("lightning-legacy.ckpt")]
    public void What_else_a_checkpoint_holds_is_read_as_data(string file)
    {
        using var checkpoint = Open(file);
        var root = Assert.IsType<PickleDictionary>(checkpoint.Root);

        Assert.Equal(3L, root.Find("epoch"));
        Assert.Equal("1.4.0", root.Find("pytorch-lightning_version"));
        Assert.Equal(0.75, root.Find("score"));
        Assert.Equal(42L, root.Find("count"));
        Assert.Equal([3L, 4L], Assert.IsType<PickleTuple>(root.Find("size")).Items);
        Assert.Equal(new PickleGlobal("torch", "float32"), root.Find("dtype"));
        Assert.Equal(System.Numerics.BigInteger.Pow(2, 80), root.Find("big"));
        Assert.Equal([0, 255], Assert.IsType<byte[]>(root.Find("bytes")));
        Assert.Equal([1L, 2L], Assert.IsType<PickleSet>(root.Find("set")).Items);
        var options = Assert.IsType<PickleDictionary>(Assert.IsType<PickleObject>(root.Find("hyper_parameters")).State);
        Assert.Equal("slots", options.Find("name"));
    }

    [Fact]
    public void Objects_of_unknown_classes_stay_inert()
    {
        using var checkpoint = Open("lightning.ckpt");
        var callbacks = (PickleDictionary)((PickleDictionary)checkpoint.Root!).Find("callbacks")!;

        var (type, value) = Assert.Single(callbacks.Entries);

        Assert.Equal("pytorch_lightning.callbacks.model_checkpoint.Callback", type!.ToString());
        var inert = Assert.IsType<PickleObject>(((PickleDictionary)value!).Find("object"));
        Assert.Equal(0.25, ((PickleDictionary)inert.State!).Find("best"));
    }

    [Theory, InlineData("malicious.pt", "posix.system"), InlineData("malicious-legacy.pt", "builtins.eval"), InlineData("malicious-plain.pt", "subprocess.Popen")]
    public void A_malicious_pickle_is_refused_and_not_executed(string file, string function)
    {
        var message = Refusal(TestFiles.Read($"{Data}/{file}"));

        Assert.Equal($"x.pt: the pickle wants to use {function.Replace("builtins", "__builtin__", StringComparison.Ordinal)}, which no checkpoint needs and attacks do; nothing was executed and the file is refused", message);
        Assert.False(File.Exists("scenograph-was-attacked"));
    }

    [Theory, InlineData("cos\nsystem\n(S'id'\ntR."), InlineData("c__builtin__\nexec\n)R."), InlineData("(S'id'\nios\nsystem\n."), InlineData("ctorch.hub\nload\n)R."), InlineData("c__builtin__\ngetattr.__globals__\n.")]
    public void Hostile_names_are_refused_in_every_spelling(string pickle) =>
        Assert.Contains("nothing was executed", Refusal(System.Text.Encoding.Latin1.GetBytes(pickle)), StringComparison.Ordinal);

    [Fact]
    public void A_whole_pickled_model_is_refused_with_what_to_do_instead()
    {
        using var checkpoint = Open("whole-model.pt");

        var message = Assert.Throws<InputException>(() => checkpoint.StateDict()).Message;

        Assert.Contains("it holds an object of torch.nn.modules.linear.Linear; save them with torch.save(model.state_dict(), ...)", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_torchscript_program_is_refused() =>
        Assert.Contains("this is a TorchScript program", Refusal(TestFiles.Read($"{Data}/torchscript.pt")), StringComparison.Ordinal);

    [Fact]
    public void Weights_are_found_under_a_key_that_is_named()
    {
        using var checkpoint = Open("weights-protocol4.pt");

        Assert.Equal(17, checkpoint.StateDict(key: "model").Count);
        Assert.Contains("there are no weights under ema; its keys are model, epoch", Assert.Throws<InputException>(() => checkpoint.StateDict(key: "ema")).Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("weights.pt"), InlineData("weights-legacy.pt")]
    public void Every_truncation_is_refused(string file)
    {
        var bytes = TestFiles.Read($"{Data}/{file}");

        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.StartsWith("x.pt: ", Refusal(bytes[..length]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_truncated_checkpoint_says_how_much_is_missing()
    {
        var bytes = TestFiles.Read($"{Data}/weights-legacy.pt");

        Assert.Matches("^x.pt: the checkpoint ends after 2,300 of at least 2,[0-9]{3} bytes$", Refusal(bytes[..2300]));
    }

    [Fact]
    public void A_missing_checkpoint_is_named() =>
        Assert.Equal("no/such.pt: there is no such file", Assert.Throws<InputException>(() => PyTorchCheckpoint.Open("no/such.pt")).Message);

    [Fact]
    public void An_empty_checkpoint_is_refused() => Assert.Equal("x.pt: the file is empty, but a PyTorch checkpoint was expected", Refusal([]));

    [Fact]
    public void A_text_file_is_no_checkpoint() => Assert.Contains("begins neither like a zip nor like a pickle", Refusal("hello"u8.ToArray()), StringComparison.Ordinal);

    private static PyTorchCheckpoint Open(string file) => PyTorchCheckpoint.Open(TestFiles.PathOf($"{Data}/{file}"));

    private static string Refusal(byte[] file) => Assert.Throws<InputException>(() => PyTorchCheckpoint.Open(file, "x.pt").StateDict()).Message;

    private static void AssertTensor<T>(string elementType, long[] shape, T[] values, PyTorchTensor tensor)
        where T : unmanaged
    {
        Assert.Equal(elementType, tensor.ElementType);
        Assert.Equal(shape, tensor.Shape);
        Assert.Equal(MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), tensor.ReadBytes());
    }
}
