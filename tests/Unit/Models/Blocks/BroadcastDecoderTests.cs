using Scenograph.Models.Blocks;
using Scenograph.Tests.Unit.Torch;
using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Models.Blocks;

public sealed class BroadcastDecoderTests
{
    private const int Count = 3, Size = 4, Outputs = 5;

    private static Tensor Vectors => Waves.Of([Count, Size], frequency: 1.3);

    [Theory]
    [InlineData(1, 0, 6, 7)]
    [InlineData(3, 0, 6, 7)]
    [InlineData(3, 1, 6, 7)]
    [InlineData(3, 1, 3, 3)]
    [InlineData(3, 2, 5, 4)]
    [InlineData(5, 0, 8, 5)]
    [InlineData(5, 1, 8, 9)]
    [InlineData(5, 2, 8, 9)]
    [InlineData(5, 2, 5, 5)]
    public void The_first_convolution_equals_that_of_the_tiled_map_beside_coordinates(int kernel, int padding, int height, int width)
    {
        using var scope = TensorScope.Begin();
        using var quick = Waves.Fill(new BroadcastConv2d(Size, 2, Outputs, kernel, padding));
        using var plain = Waves.Fill(new Conv2d(Size + 2, Outputs, kernel, padding: padding));
        var map = PositionGrid.Coordinates(height, width, dtype: DType.Float64);

        var actual = quick.Forward(Vectors, map, x => x.Relu_());
        var expected = plain.Forward(Operators.Cat([Tiled(height, width), map.Expand([Count, 2, height, width])], 1)).Relu();
        Waves.Loss(actual).Backward();
        Waves.Loss(expected).Backward();

        Close.Equal(expected, actual, 1e-12, "output");
        foreach (var ((name, a), (_, b)) in plain.NamedParameters().Zip(quick.NamedParameters())) Close.Equal(a.Grad!, b.Grad!, 1e-10, name);
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(3, 1)]
    [InlineData(5, 2)]
    public void An_added_map_gives_what_the_convolution_of_the_sum_gives(int kernel, int padding)
    {
        using var scope = TensorScope.Begin();
        using var quick = Waves.Fill(new BroadcastConv2d(Size, 0, Outputs, kernel, padding));
        using var plain = Waves.Fill(new Conv2d(Size, Outputs, kernel, padding: padding));
        var map = Waves.Of([1, Size, 7, 6], frequency: 0.9);

        Close.Equal(plain.Forward(Tiled(7, 6) + map), quick.Forward(Vectors, map, x => x), 1e-12, "output");
    }

    [Fact]
    public void What_it_paints_has_the_size_asked_for_whatever_the_padding()
    {
        using var scope = TensorScope.Begin();
        var vectors = Vectors.To(DType.Float32);
        BroadcastDecoder.Options[] variants =
        [
            new(Size, 9, 11, [6, 6], Outputs),
            new(Size, 9, 11, [6, 6], Outputs, Padding: 1, OutputKernel: 3, OutputPadding: 1, ColumnsFirst: true, Elu: true),
            new(Size, 9, 11, [6, 6, 6], Outputs, Kernel: 5, Padding: 1, OutputKernel: 3, OutputPadding: 1),
            new(Size, 9, 12, [6, 6], Outputs, OutputKernel: 5, OutputPadding: 2, OutputStride: 3),
        ];

        foreach (var options in variants)
        {
            using var decoder = new BroadcastDecoder(options);
            Assert.Equal([Count, Outputs, options.Height, options.Width], decoder.Forward(vectors).Shape.ToArray());
        }
    }

    [Fact]
    public void It_equals_the_sequence_of_plain_layers_on_the_tiled_map()
    {
        using var scope = TensorScope.Begin();
        using var decoder = Waves.Fill(new BroadcastDecoder(new(Size, 6, 6, [5, 7], Outputs, ColumnsFirst: true, Elu: true)));
        using var plain = Waves.Fill(new Sequential(new Conv2d(Size + 2, 5, 3), Activation.Elu(), new Conv2d(5, 7, 3), Activation.Elu(), new Conv2d(7, Outputs, 1)));
        var map = PositionGrid.Coordinates(10, 10, columnsFirst: true, DType.Float64);

        var expected = plain.Forward(Operators.Cat([Tiled(10, 10), map.Expand([Count, 2, 10, 10])], 1));

        Close.Equal(expected, decoder.Forward(Vectors), 1e-12, "output");
        Assert.Equal(plain.State().Select(entry => entry.Name), decoder.State().Select(entry => entry.Name));
    }

    [Fact]
    public void Coordinates_run_from_minus_one_to_one_in_the_order_asked_for()
    {
        using var scope = TensorScope.Begin();

        Assert.Equal([-1, -1, -1, 1, 1, 1, -1, 0, 1, -1, 0, 1], PositionGrid.Coordinates(2, 3).ToArray<float>());
        Assert.Equal([-1, 0, 1, -1, 0, 1, -1, -1, -1, 1, 1, 1], PositionGrid.Coordinates(2, 3, columnsFirst: true).ToArray<float>());
    }

    private static Tensor Tiled(long height, long width) => Vectors.View([Count, Size, 1, 1]).Expand([Count, Size, height, width]);
}
