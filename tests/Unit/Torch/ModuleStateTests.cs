using Scenograph.Torch;
using Scenograph.Torch.Serialization;

namespace Scenograph.Tests.Unit.Torch;

public sealed class ModuleStateTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly TensorScope scope = TensorScope.Begin();

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    private static Sequential Network(ulong seed, int width = 4)
    {
        using var random = new Generator(seed);
        return new(new Conv2d(3, width, 3, random: random), new BatchNorm2d(width));
    }

    [Fact]
    public void A_saved_module_loads_bit_for_bit_with_its_metadata()
    {
        using var saved = Network(1);
        using var loaded = Network(2);
        saved.Forward(Operators.Ones([2, 3, 5, 5])); // moves the running statistics
        ModuleState.Save(folder["a.safetensors"], [.. saved.State().Select(s => ("model." + s.Name, s.Value))], new Dictionary<string, string> { ["model"] = "toy" });

        using var file = SafetensorsFile.Open(folder["a.safetensors"]);
        ModuleState.Load(file, [.. loaded.State().Select(s => ("model." + s.Name, s.Value))], "model.");
        Assert.Equal("toy", file.Metadata["model"]);
        foreach (var (was, now) in saved.State().Zip(loaded.State())) Assert.Equal(was.Value.ToBytes(), now.Value.ToBytes());
        Assert.All(loaded.Parameters(), p => Assert.True(p.RequiresGrad && p.IsLeaf));
    }

    [Fact]
    public void Tensors_of_every_type_and_layout_come_back()
    {
        (string Name, Tensor Value)[] tensors =
        [
            ("scalar", Tensor.From<long>([42], [])), ("empty", Operators.Zeros([0, 3])), ("double", Waves.Of([2, 3])),
            ("transposed", Waves.Of([2, 3]).Transpose(0, 1)), ("bfloat16", Waves.Of([5]).To(DType.BFloat16)), ("half", Waves.Of([5]).To(DType.Float16)),
            ("bytes", Tensor.From<byte>([1, 2, 255], [3])), ("bool", Tensor.From<bool>([true, false], [2])), ("image", Waves.Of([1, 2, 3, 4]).Contiguous(MemoryFormat.ChannelsLast)),
        ];
        ModuleState.Save(folder["all.safetensors"], tensors);
        using var file = SafetensorsFile.Open(folder["all.safetensors"]);
        var read = ModuleState.Read(file);
        Assert.Equal(tensors.Length, read.Count);
        foreach (var (name, value) in tensors)
        {
            Assert.Equal(value.DType, read[name].DType);
            Assert.Equal(value.Shape.ToArray(), read[name].Shape.ToArray());
            Assert.Equal(value.ToBytes(), read[name].ToBytes());
        }
        Assert.Equal(["bfloat16", "bool", "bytes"], ModuleState.Read(file, "b").Keys.Order());
    }

    [Fact]
    public void A_file_that_does_not_fit_is_refused_with_all_that_is_wrong_and_nothing_is_loaded()
    {
        using var saved = Network(1);
        using var loaded = Network(2);
        var before = loaded.State().Select(s => s.Value.ToBytes()).ToArray();
        var tensors = saved.State().Where(s => s.Name is not ("0.bias" or "1.weight")).ToList();
        tensors[0] = ("0.weight", Operators.Zeros([4, 3, 5, 5]));
        tensors[1] = ("1.bias", Operators.Zeros([4], DType.Float64));
        tensors.Add(("2.weight", Operators.Zeros([1])));
        ModuleState.Save(folder["b.safetensors"], tensors);

        using var file = SafetensorsFile.Open(folder["b.safetensors"]);
        var error = Assert.Throws<InputException>(() => ModuleState.Load(file, [.. loaded.State()]));
        Assert.Equal($"{folder["b.safetensors"]} does not fit the model: missing 0.bias, 1.weight; unexpected 2.weight; "
            + "0.weight is F32[4, 3, 5, 5] instead of F32[4, 3, 3, 3]; 1.bias is F64[4] instead of F32[4]", error.Message);
        Assert.Equal(before, loaded.State().Select(s => s.Value.ToBytes()));
    }

    [Fact]
    public void Names_outside_the_prefix_are_of_no_concern()
    {
        using var saved = Network(1);
        ModuleState.Save(folder["c.safetensors"], [.. saved.State(), ("optimizer.step", Tensor.From<long>([1], []))]);
        using var file = SafetensorsFile.Open(folder["c.safetensors"]);
        Assert.Throws<InputException>(() => ModuleState.Load(file, [.. saved.State()]));
        ModuleState.Load(file, [.. saved.State().Where(s => s.Name.StartsWith("0.", StringComparison.Ordinal))], "0.");
    }

    [Fact]
    public void Training_resumed_from_a_file_equals_unbroken_training()
    {
        using var random = new Generator(3);
        var images = Operators.Rand([2, 3, 6, 6], random);
        using var unbroken = Network(1);
        using var first = new Adam(unbroken, 0.01);
        for (var i = 0; i < 3; i++) Train(unbroken, first, images, random);
        ModuleState.Save(folder["last.safetensors"],
        [
            .. unbroken.State().Select(s => ("model." + s.Name, s.Value)),
            .. first.StateTensors().Select(s => ("optimizer." + s.Name, s.Value)),
            ("random", Tensor.From(random.GetState(), [random.GetState().Length])),
        ]);
        for (var i = 0; i < 3; i++) Train(unbroken, first, images, random);

        using var resumed = Network(2);
        using var second = new Adam(resumed, 0.01);
        using var otherRandom = new Generator(0);
        using var file = SafetensorsFile.Open(folder["last.safetensors"]);
        ModuleState.Load(file, [.. resumed.State().Select(s => ("model." + s.Name, s.Value))], "model.");
        second.LoadState(ModuleState.Read(file, "optimizer.").ToDictionary(s => s.Key["optimizer.".Length..], s => s.Value));
        otherRandom.SetState(ModuleState.Read(file, "random")["random"].ToBytes());
        for (var i = 0; i < 3; i++) Train(resumed, second, images, otherRandom);
        foreach (var (a, b) in unbroken.State().Zip(resumed.State())) Assert.Equal(a.Value.ToBytes(), b.Value.ToBytes());
    }

    private static void Train(Sequential model, Optimizer optimizer, Tensor images, Generator random)
    {
        optimizer.ZeroGrad();
        (model.Forward(images + Operators.Randn(images.Shape, random)) - 1).Square().Mean().Backward();
        optimizer.Step();
    }

    /// <summary>See Serialization/data/make_checkpoints.py: under "state_dict", with the prefix "model.".</summary>
    [Fact]
    public void Weights_of_a_PyTorch_checkpoint_load_by_name()
    {
        using var checkpoint = PyTorchCheckpoint.Open(TestFiles.PathOf("Serialization/data/weights.pt"));
        var (name, source) = checkpoint.StateDict().First(s => s.Value.ElementType == "F32");
        using var holder = new Holder("mine", Operators.Zeros([.. source.Shape], DType.Float64));
        ModuleState.LoadPyTorch(checkpoint, holder, rename: n => n == name ? "mine" : null);
        Assert.Equal(Tensor.FromBytes(source.ReadBytes(), DType.Float32, [.. source.Shape]).ToArray<double>(), holder.Value.ToArray<double>());
    }

    [Fact]
    public void A_PyTorch_checkpoint_that_does_not_fit_is_refused_with_all_that_is_wrong()
    {
        using var checkpoint = PyTorchCheckpoint.Open(TestFiles.PathOf("Serialization/data/weights.pt"));
        var names = checkpoint.StateDict().Keys.ToList();
        using var holder = new Holder("mine", Operators.Zeros([1]));
        var error = Assert.Throws<InputException>(() => ModuleState.LoadPyTorch(checkpoint, holder));
        Assert.Contains($"does not fit the model: missing mine; unexpected {string.Join(", ", names)}", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<InputException>(() => ModuleState.LoadPyTorch(checkpoint, holder, rename: _ => "mine"));
        Assert.Contains("both meant for mine", error.Message, StringComparison.Ordinal);
    }

    private sealed class Holder : Module
    {
        public Holder(string name, Tensor value) => Value = Parameter(name, value);

        public Tensor Value { get; }
    }
}
