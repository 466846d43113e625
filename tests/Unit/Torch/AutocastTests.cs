using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Torch;

public sealed class AutocastTests : IDisposable
{
    private readonly TensorScope scope = TensorScope.Begin();
    private readonly Conv2d layer = new(2, 3, 3);
    private readonly Tensor images = Operators.Ones([1, 2, 5, 5]);

    public void Dispose()
    {
        layer.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void A_convolution_runs_in_bfloat16_and_the_loss_in_float32()
    {
        using (Autocast.Begin(Device.Cpu))
        {
            var output = layer.Forward(images);
            Assert.Equal(DType.BFloat16, output.DType);
            var loss = output.MseLoss(Operators.Zeros([1, 3, 3, 3]));
            Assert.Equal(DType.Float32, loss.DType);
            loss.Backward();
        }
        Assert.Equal(DType.Float32, layer.Weight.Grad!.DType);
        Assert.Equal(DType.Float32, layer.Forward(images).DType);
    }

    [Fact]
    public void Regions_nest_and_each_end_restores_what_was()
    {
        using (Autocast.Begin(Device.Cpu))
        {
            using (Autocast.Suspend(Device.Cpu))
            {
                Assert.Equal(DType.Float32, layer.Forward(images).DType);
                using (Autocast.Begin(Device.Cpu)) Assert.Equal(DType.BFloat16, layer.Forward(images).DType);
                Assert.Equal(DType.Float32, layer.Forward(images).DType);
            }
            Assert.Equal(DType.BFloat16, layer.Forward(images).DType);
        }
        Assert.Equal(DType.Float32, layer.Forward(images).DType);
    }

    [Fact]
    public void Weights_cast_without_recording_do_not_cost_the_gradient()
    {
        using (Autocast.Begin(Device.Cpu))
        {
            using (GradMode.Off()) layer.Forward(images);
            using (InferenceMode.Begin()) layer.Forward(images);
            layer.Forward(images).Sum().Backward();
        }
        Assert.NotNull(layer.Weight.Grad);
    }

    [Fact]
    public void A_new_region_sees_the_weights_of_now()
    {
        using (Autocast.Begin(Device.Cpu)) layer.Forward(images);
        using (GradMode.Off()) foreach (var parameter in layer.Parameters()) parameter.Zero_();
        using (Autocast.Begin(Device.Cpu)) Assert.All(layer.Forward(images).ToArray<float>(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Only_the_two_half_precisions_are_taken() =>
        Assert.Throws<TorchException>(() => Autocast.Begin(Device.Cpu, DType.Float64));
}
