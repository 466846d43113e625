using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Torch;

public sealed class ModuleTests : IDisposable
{
    private readonly TensorScope scope = TensorScope.Begin();

    public void Dispose() => scope.Dispose();

    private sealed class Network : Module
    {
        public Sequential Encoder { get; }

        public Linear Head { get; }

        public Tensor Scale { get; }

        public Network()
        {
            Encoder = Child("encoder", new Sequential(new Conv2d(1, 2, 3), new BatchNorm2d(2), Activation.Relu()));
            Head = Child("head", new Linear(2, 3));
            Scale = Parameter("scale", Operators.Ones([1]));
            Buffer("grid", Operators.Zeros([2, 2]));
        }
    }

    [Fact]
    public void State_has_PyTorchs_names_in_PyTorchs_order()
    {
        using var network = new Network();
        Assert.Equal(
            ["scale", "grid", "encoder.0.weight", "encoder.0.bias", "encoder.1.weight", "encoder.1.bias", "encoder.1.running_mean",
                "encoder.1.running_var", "encoder.1.num_batches_tracked", "head.weight", "head.bias"],
            network.State().Select(s => s.Name));
        Assert.Equal(
            ["scale", "encoder.0.weight", "encoder.0.bias", "encoder.1.weight", "encoder.1.bias", "head.weight", "head.bias"],
            network.NamedParameters().Select(s => s.Name));
        Assert.Equal(1 + 18 + 2 + 2 + 2 + 6 + 3, network.ParameterCount);
    }

    [Fact]
    public void Train_and_Eval_reach_all_parts()
    {
        using var network = new Network();
        Assert.True(network.Head.IsTraining);
        network.Eval();
        Assert.False(network.IsTraining);
        Assert.False(network.Head.IsTraining);
        Assert.False(network.Encoder.IsTraining);
        network.Train();
        Assert.True(network.Head.IsTraining);
    }

    [Fact]
    public void A_module_in_float64_computes_in_float64()
    {
        using var network = new Network();
        network.To(DType.Float64);
        Assert.All(network.NamedParameters(), p => Assert.Equal(DType.Float64, p.Value.DType));
        Assert.All(network.NamedParameters(), p => Assert.True(p.Value.RequiresGrad && p.Value.IsLeaf));
        Assert.Equal(DType.Int64, network.State().Single(s => s.Name == "encoder.1.num_batches_tracked").Value.DType);
        var output = network.Encoder.Forward(Waves.Of([2, 1, 5, 5]));
        Assert.Equal(DType.Float64, output.DType);
        output.Sum().Backward();
        Assert.Equal(DType.Float64, network.NamedParameters().First(p => p.Name == "encoder.0.weight").Value.Grad!.DType);
    }

    [Fact]
    public void Converting_forgets_gradients_and_keeps_values()
    {
        using var layer = new Linear(2, 1);
        var before = layer.Parameters()[0].ToArray<float>();
        layer.Forward(Operators.Ones([1, 2])).Sum().Backward();
        layer.To(DType.Float64);
        Assert.Null(layer.Parameters()[0].Grad);
        Assert.Equal(before, layer.Parameters()[0].ToArray<float>());
        layer.Forward(Waves.Of([1, 2])).Sum().Backward();
        Assert.Equal(DType.Float64, layer.Parameters()[0].Grad!.DType);
    }

    [Fact]
    public void ZeroGrad_forgets_all_gradients()
    {
        using var network = new Network();
        network.Head.Forward(Operators.Ones([1, 2])).Sum().Backward();
        Assert.NotNull(network.Head.Parameters()[0].Grad);
        network.ZeroGrad();
        Assert.All(network.Parameters(), p => Assert.Null(p.Grad));
    }

    [Fact]
    public void A_module_outlives_the_scope_it_was_made_in()
    {
        Network network;
        using (TensorScope.Begin()) network = new();
        Assert.Equal([1f], network.Scale.ToArray<float>());
        network.Dispose();
        Assert.Throws<ObjectDisposedException>(() => network.Scale.Sum());
    }
}
