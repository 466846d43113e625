using System.Text.Json;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Torch;

/// <summary>Layers against PyTorch's own, whose numbers data/make_layers.py wrote.</summary>
public sealed class LayerTests : IDisposable
{
    private readonly JsonDocument document = JsonDocument.Parse(TestFiles.Read("Torch/data/layers.json"));
    private readonly TensorScope scope = TensorScope.Begin();

    public void Dispose()
    {
        scope.Dispose();
        document.Dispose();
    }

    public static TheoryData<string> Cases => new(
        "linear", "conv2d", "conv_transpose2d", "layer_norm", "group_norm", "batch_norm", "batch_norm_cumulative", "batch_norm_bare",
        "instance_norm", "instance_norm_tracked", "embedding", "lstm_cell", "gru_cell", "upsample_nearest", "upsample_bilinear",
        "upsample_aligned", "upsample_bicubic", "avg_pool", "max_pool", "adaptive_avg_pool", "pixel_shuffle");

    private static Module Make(string name) => name switch
    {
        "linear" => new Linear(3, 4),
        "conv2d" => new Conv2d(4, 2, 3, stride: 2, padding: 1, groups: 2),
        "conv_transpose2d" => new ConvTranspose2d(2, 3, 4, stride: 2, padding: 1),
        "layer_norm" => new LayerNorm([2, 3]),
        "group_norm" => new GroupNorm(2, 4),
        "batch_norm" => new BatchNorm2d(3),
        "batch_norm_cumulative" => new BatchNorm2d(3, momentum: null),
        "batch_norm_bare" => new BatchNorm2d(3, affine: false, trackStatistics: false),
        "instance_norm" => new InstanceNorm2d(3),
        "instance_norm_tracked" => new InstanceNorm2d(3, affine: true, trackStatistics: true),
        "embedding" => new Embedding(5, 3, padding: 1),
        "lstm_cell" => new LSTMCell(3, 4),
        "gru_cell" => new GRUCell(3, 4),
        "upsample_nearest" => new Upsample(1.5),
        "upsample_bilinear" => new Upsample(1.5, Interpolation.Bilinear),
        "upsample_aligned" => new Upsample(4, 5, Interpolation.Bilinear, alignCorners: true),
        "upsample_bicubic" => new Upsample(2, Interpolation.Bicubic),
        "avg_pool" => new AvgPool2d(3, 2, 1),
        "max_pool" => new MaxPool2d(3, 2, 1),
        "adaptive_avg_pool" => new AdaptiveAvgPool2d(2, 3),
        "pixel_shuffle" => new PixelShuffle(2),
        _ => throw new ArgumentException(name),
    };

    private static Tensor Run(Module module, Tensor input)
    {
        switch (module)
        {
            case Embedding embedding: return embedding.Forward(Tensor.From<long>([0, 1, 4, 4, 2, 1], [2, 3])) * input;
            case LSTMCell cell:
                var (hidden, memory) = cell.Forward(input, (Waves.Of([2, 4], 0.5, 0.9, 0.2), Waves.Of([2, 4], 0.5, 1.1, 0.7)));
                return Operators.Cat([hidden, memory], 1);
            case GRUCell cell: return cell.Forward(input, Waves.Of([2, 4], 0.5, 0.9, 0.2));
            default: return ((Layer)module).Forward(input);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_layer_gives_what_PyTorch_gives(string name)
    {
        var expected = document.RootElement.GetProperty("cases").GetProperty(name);
        using var module = Waves.Fill(Make(name));
        var input = Waves.Of(Longs(expected.GetProperty("shape")));
        input.RequiresGrad = true;
        var passes = name switch { "batch_norm" or "instance_norm_tracked" => 2, "batch_norm_cumulative" => 3, _ => 1 };
        var output = Run(module, input);
        for (var i = 1; i < passes; i++) output = Run(module, input);
        Waves.Loss(output).Backward();

        Assert.Equal(Longs(expected.GetProperty("output_shape")), output.Shape.ToArray());
        Close.Equal(Doubles(expected.GetProperty("output")), output, 1e-8, "output");
        Close.Equal(Doubles(expected.GetProperty("input_gradient")), input.Grad!, 1e-8, "gradient of the input");
        foreach (var (parameter, value) in module.NamedParameters())
        {
            Close.Equal(Doubles(expected.GetProperty("gradients").GetProperty(parameter)), value.Grad!, 1e-8, $"gradient of {parameter}");
        }
        foreach (var (buffer, value) in module.NamedBuffers())
        {
            Close.Equal(Doubles(expected.GetProperty("buffers").GetProperty(buffer)), value, 1e-8, buffer);
        }
        Assert.Equal(expected.GetProperty("names").EnumerateArray().Select(n => n.GetString()), module.State().Select(s => s.Name));
        module.Eval();
        Close.Equal(Doubles(expected.GetProperty("evaluated")), Run(module, input), 1e-8, "output in evaluation");
    }

    [Theory]
    [InlineData("linear")]
    [InlineData("conv2d")]
    [InlineData("conv_transpose2d")]
    [InlineData("layer_norm")]
    [InlineData("group_norm")]
    [InlineData("batch_norm")]
    [InlineData("instance_norm_tracked")]
    [InlineData("embedding")]
    [InlineData("lstm_cell")]
    [InlineData("gru_cell")]
    public void A_layer_starts_with_the_values_that_PyTorch_draws_from_the_same_seed(string name)
    {
        var expected = document.RootElement.GetProperty("initial").GetProperty(name);
        using var random = new Generator(7);
        using Module module = name switch
        {
            "linear" => new Linear(3, 2, random: random),
            "conv2d" => new Conv2d(1, 2, 2, random: random),
            "conv_transpose2d" => new ConvTranspose2d(1, 2, 2, random: random),
            "layer_norm" => new LayerNorm(2),
            "group_norm" => new GroupNorm(1, 2),
            "batch_norm" => new BatchNorm2d(2),
            "instance_norm_tracked" => new InstanceNorm2d(2, affine: true, trackStatistics: true),
            "embedding" => new Embedding(3, 2, padding: 1, random),
            "lstm_cell" => new LSTMCell(1, 2, random: random),
            _ => new GRUCell(1, 2, random),
        };
        foreach (var (parameter, value) in module.State()) Close.Equal(Doubles(expected.GetProperty(parameter)), value, 1e-6, parameter);
    }

    [Fact]
    public void A_generator_draws_the_numbers_of_PyTorchs_generator_of_the_same_seed()
    {
        var expected = document.RootElement.GetProperty("generator");
        using var random = new Generator(42);
        Close.Equal(Doubles(expected.GetProperty("uniform")), Operators.Rand([4], random), 1e-7, "uniform");
        Close.Equal(Doubles(expected.GetProperty("normal")), Operators.Randn([4], random), 1e-6, "normal");
    }

    [Fact]
    public void Dropout_keeps_the_mean_and_draws_from_its_generator()
    {
        using var first = new Generator(3);
        using var second = new Generator(3);
        var ones = Operators.Ones([100, 100]);
        var output = new Dropout(0.25, first).Forward(ones);
        var values = output.ToArray<float>();
        Assert.All(values, value => Assert.True(value == 0 || Math.Abs(value - 4.0 / 3) < 1e-6));
        Assert.InRange(values.Average(), 0.97, 1.03);
        Assert.Equal(values, new Dropout(0.25, second).Forward(ones).ToArray<float>());
    }

    [Fact]
    public void Dropout_passes_everything_on_in_evaluation_and_nothing_at_probability_one()
    {
        using var random = new Generator(3);
        var input = Waves.Of([10]);
        var layer = new Dropout(0.5, random);
        layer.Eval();
        Assert.Equal(input.ToArray<double>(), layer.Forward(input).ToArray<double>());
        Assert.All(new Dropout(1, random).Forward(input).ToArray<double>(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Flatten_and_Reshape_undo_each_other()
    {
        var input = Waves.Of([2, 3, 4, 5]);
        var flat = new Flatten().Forward(input);
        Assert.Equal([2, 60], flat.Shape.ToArray());
        Close.Equal(input, new Reshape(3, 4, -1).Forward(flat), 0, "values");
    }

    [Fact]
    public void Batch_norm_refuses_a_single_value_a_channel_in_training()
    {
        using var layer = new BatchNorm2d(3);
        var error = Assert.Throws<TorchException>(() => layer.Forward(Operators.Ones([1, 3, 1, 1])));
        Assert.Contains("more than one value", error.Message, StringComparison.Ordinal);
    }

    private static double[] Doubles(JsonElement list) => [.. list.EnumerateArray().Select(value => value.GetDouble())];

    private static long[] Longs(JsonElement list) => [.. list.EnumerateArray().Select(value => value.GetInt64())];
}
