using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Torch;

public sealed class DifferentiationTests : IDisposable
{
    private readonly TensorScope scope = TensorScope.Begin();

    public void Dispose() => scope.Dispose();

    private static Tensor Convolution(Tensor[] x) => Waves.Loss(Operators.Conv2d(x[0], x[1], x[2], stride: 2, padding: 1).Tanh());

    private static Tensor Normalisation(Tensor[] x) => Waves.Loss(Operators.LayerNorm(x[0], [4], x[1], x[2]).Square());

    private static Tensor Recurrence(Tensor[] x) => Waves.Loss(Operators.GruCell(x[0], x[1], x[2], x[3], x[4], x[5]));

    private static Tensor Softmax(Tensor[] x) => Waves.Loss(x[0].Softmax(1).Square());

    private static Tensor[] ConvolutionInputs => [Waves.Of([1, 2, 4, 4]), Waves.Of([2, 2, 3, 3], 0.5, 0.7), Waves.Of([2], 0.3)];

    private static Tensor[] NormalisationInputs => [Waves.Of([3, 4], 1, 0.9), Waves.Of([4], 0.5, 1, 0, 1), Waves.Of([4], 0.5)];

    private static Tensor[] RecurrenceInputs =>
        [Waves.Of([2, 3]), Waves.Of([2, 2], 0.5, 0.8), Waves.Of([6, 3], 0.5, 0.6), Waves.Of([6, 2], 0.5, 1.3), Waves.Of([6], 0.2), Waves.Of([6], 0.2, 0.9)];

    [Fact]
    public void Gradients_of_a_convolution_equal_differences() => GradientCheck.First(Convolution, ConvolutionInputs);

    [Fact]
    public void Gradients_of_a_layer_norm_equal_differences() => GradientCheck.First(Normalisation, NormalisationInputs);

    [Fact]
    public void Gradients_of_a_GRU_equal_differences() => GradientCheck.First(Recurrence, RecurrenceInputs);

    [Fact]
    public void Gradients_of_a_softmax_equal_differences() => GradientCheck.First(Softmax, Waves.Of([3, 4], 1, 0.9));

    [Fact]
    public void Second_gradients_of_a_convolution_equal_differences() => GradientCheck.Second(Convolution, ConvolutionInputs);

    [Fact]
    public void Second_gradients_of_a_layer_norm_equal_differences() => GradientCheck.Second(Normalisation, NormalisationInputs);

    [Fact]
    public void Second_gradients_of_a_GRU_equal_differences() => GradientCheck.Second(Recurrence, RecurrenceInputs);

    [Fact]
    public void Second_gradients_of_a_softmax_equal_differences() => GradientCheck.Second(Softmax, Waves.Of([3, 4], 1, 0.9));

    [Fact]
    public void Backward_adds_to_the_gradients_that_are_there()
    {
        var x = Leaf(3);
        x.Square().Backward();
        x.Square().Backward();
        Assert.Equal(12, x.Grad!.ToDouble());
        x.Grad = null;
        Assert.Null(x.Grad);
    }

    [Fact]
    public void Gradients_touch_no_accumulated_gradient_and_are_null_for_what_is_not_used()
    {
        var (x, y) = (Leaf(3), Leaf(4));
        var found = Differentiation.Gradients([x * 2], [x, y]);
        Assert.Equal(2, found[0]!.ToDouble());
        Assert.Null(found[1]);
        Assert.Null(x.Grad);
    }

    [Fact]
    public void Output_gradients_weigh_the_outputs()
    {
        var x = Waves.Of([3]);
        x.RequiresGrad = true;
        var found = Differentiation.Gradients([x * 2], [x], [Tensor.From<double>([1, 10, 100], [3])]);
        Assert.Equal([2, 20, 200], found[0]!.ToArray<double>());
        Assert.Throws<ArgumentException>(() => Differentiation.Gradients([x * 2, x * 3], [x], [x]));
    }

    [Fact]
    public void A_second_pass_over_a_graph_must_be_asked_for()
    {
        var x = Leaf(3);
        var kept = x.Square();
        kept.Backward(retainGraph: true);
        kept.Backward();
        var error = Assert.Throws<TorchException>(() => kept.Backward());
        Assert.Contains("second time", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_grad_mode_nothing_is_recorded_and_the_mode_comes_back()
    {
        var x = Leaf(3);
        using (GradMode.Off())
        {
            Assert.False((x * 2).RequiresGrad);
            using (GradMode.On()) Assert.True((x * 2).RequiresGrad);
            Assert.False(GradMode.IsEnabled);
        }
        Assert.True((x * 2).RequiresGrad);
    }

    [Fact]
    public void Inference_mode_ends_with_its_region()
    {
        var x = Leaf(3);
        using (InferenceMode.Begin()) Assert.False((x * 2).RequiresGrad);
        Assert.True((x * 2).RequiresGrad);
    }

    [Fact]
    public void Modes_belong_to_their_thread()
    {
        using var off = GradMode.Off();
        var other = false;
        var thread = new Thread(() => other = GradMode.IsEnabled);
        thread.Start();
        thread.Join();
        Assert.True(other);
    }

    [Fact]
    public void A_gradient_of_another_shape_or_type_is_refused()
    {
        var x = Waves.Of([3]);
        x.RequiresGrad = true;
        Assert.Throws<TorchException>(() => x.Grad = Waves.Of([2]));
        Assert.Throws<TorchException>(() => x.Grad = Operators.Zeros([3], DType.Float32));
        Assert.Null(x.Grad);
    }

    private static Tensor Leaf(double value)
    {
        var leaf = Tensor.FromScalar(value, DType.Float64);
        leaf.RequiresGrad = true;
        return leaf;
    }
}
