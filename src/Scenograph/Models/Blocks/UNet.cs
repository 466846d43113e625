using System.Globalization;
using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>
/// U-Net with a perceptron at its bottom (Ronneberger et al. 2015; this form: Burgess et al. 2019, MONet, appendix B.2). A block is a
/// convolution 3×3 without bias, a normalisation and a ReLU. Between down blocks every second row and column is taken, behind up
/// blocks pixels are doubled; an up block reads its input and then, on further channels, the down block's output of the same size.
/// </summary>
/// <remarks>
/// On the processor, a convolution of a doubled map is computed before the doubling: each of the four pixels that one becomes sees 2×2
/// of the small map, some through the sum of two or four of the kernel's weights. Equal numbers, 16 products in place of 36.
/// </remarks>
public sealed class UNet : Layer
{
    /// <summary>What the parts are called in a state-dict.</summary>
    /// <param name="Down">Blocks on the way down.</param>
    /// <param name="Up">Blocks on the way up.</param>
    /// <param name="Convolution">Convolution of a block.</param>
    /// <param name="Norm">Normalisation of a block.</param>
    public sealed record Names(string Down, string Up, string Convolution, string Norm);

    /// <param name="Inputs">Channels of the input.</param>
    /// <param name="Height">Rows of the input.</param>
    /// <param name="Width">Columns of the input.</param>
    /// <param name="Down">Outputs of the blocks on the way down.</param>
    /// <param name="Up">Outputs of the blocks on the way up, as many.</param>
    /// <param name="Hidden">Width of the perceptron between its two layers.</param>
    public sealed record Options(int Inputs, int Height, int Width, IReadOnlyList<int> Down, IReadOnlyList<int> Up, int Hidden = 128)
    {
        /// <summary>Rows and columns at the bottom.</summary>
        public (int Height, int Width) Bottom => (Height >> (Down.Count - 1), Width >> (Down.Count - 1));
    }

    private const int FewestPixels = 64;

    private readonly Options options;
    private readonly Block[] down, up;
    private readonly Sequential perceptron;
    private readonly Upsample halve = new(0.5), twice = new(2.0);

    /// <param name="options">Sizes.</param>
    /// <param name="norm">The normalisation of a number of channels.</param>
    /// <param name="names">Names of the parts.</param>
    /// <param name="random">Source of the starting values.</param>
    public UNet(Options options, Func<int, Layer> norm, Names names, Generator? random = null)
    {
        if (options.Up.Count != options.Down.Count) throw new ArgumentException($"{options.Down.Count} blocks down, {options.Up.Count} up", nameof(options));
        this.options = options;
        var count = options.Down.Count;
        Block Part(string name, int i, int inputs, int outputs) =>
            Child($"{name}.{i.ToString(CultureInfo.InvariantCulture)}", new Block(inputs, outputs, norm(outputs), names, random));
        down = [.. options.Down.Select((outputs, i) => Part(names.Down, i, i == 0 ? options.Inputs : options.Down[i - 1], outputs))];
        up = [.. options.Up.Select((outputs, i) => Part(names.Up, i, (i == 0 ? options.Down[^1] : options.Up[i - 1]) + options.Down[count - 1 - i], outputs))];
        var (rows, columns) = options.Bottom;
        var features = options.Down[^1] * rows * columns;
        perceptron = Child("mlp", new Sequential(
            new Flatten(),
            new Linear(features, options.Hidden, random: random), Activation.ReluInPlace(),
            new Linear(options.Hidden, options.Hidden, random: random), Activation.ReluInPlace(),
            new Linear(options.Hidden, features, random: random), Activation.ReluInPlace(),
            new Reshape(options.Down[^1], rows, columns)));
    }

    /// <summary>The up blocks' kernels in two parts, for several passes with the same weights.</summary>
    /// <param name="Up">
    /// For each block up: the kernel of the skip connection and, folded to [4·outputs, channels, 2, 2], that of the doubled map; null where the block
    /// is better computed as it stands.
    /// </param>
    public sealed record Kernels(IReadOnlyList<(Tensor Skip, Tensor Doubled)?> Up);

    /// <summary>Prepares the weights for passes under the autocast of now.</summary>
    public Kernels Prepare()
    {
        using var scope = TensorScope.Begin();
        var kernels = new (Tensor, Tensor)?[up.Length];
        // Lower precision is a matter of once, too; what kind there is, only a result tells.
        using var one = Operators.Ones([1, 1], device: up[0].Weight.Device);
        var type = up[0].Weight.DType == DType.Float32 ? one.MatMul(one).DType : up[0].Weight.DType;
        for (var i = 1; i < up.Length; i++)
        {
            if (!IsFolded(i)) continue;
            var doubled = options.Up[i - 1];
            var weight = up[i].Weight;
            var folded = Fold(Fold(weight.Narrow(1, 0, doubled), 2), 4).Reshape([4 * options.Up[i], doubled, 2, 2]);
            kernels[i] = (scope.Keep(weight.Narrow(1, doubled, weight.Size(1) - doubled).To(type)), scope.Keep(folded.To(type)));
        }
        return new(kernels);
    }

    /// <summary>Whether block i up is computed before the doubling, where the maps lie channel after channel.</summary>
    private bool IsFolded(int i)
    {
        // The deep blocks' work is to read their weights; adding these up first would be more of it.
        var (rows, columns) = SizeBefore(i);
        return i > 0 && up[i].Weight.Device.Type == DeviceType.Cpu && rows * columns >= FewestPixels;
    }

    /// <summary>Rows and columns of the map that block i up reads, before it is doubled.</summary>
    private (int Rows, int Columns) SizeBefore(int i) => (options.Height >> (up.Length - i), options.Width >> (up.Length - i));

    /// <summary>What the first and the second of two equal pixels see: of taps 0, 1, 2 the one 0 and 1 + 2, the other 0 + 1 and 2.</summary>
    private static Tensor Fold(Tensor weight, int dimension)
    {
        var (first, second, third) = (weight.Narrow(dimension, 0, 1), weight.Narrow(dimension, 1, 1), weight.Narrow(dimension, 2, 1));
        return Operators.Stack([Operators.Cat([first, second + third], dimension), Operators.Cat([first + second, third], dimension)]);
    }

    /// <param name="input">[B, inputs, H, W]</param>
    /// <returns>[B, outputs of the last block up, H, W]</returns>
    public override Tensor Forward(Tensor input)
    {
        using var scope = TensorScope.Begin();
        return scope.Keep(Forward(input, Prepare()));
    }

    /// <param name="input">[B, inputs, H, W]</param>
    /// <param name="kernels">Of <see cref="Prepare"/>, since which no weight has changed.</param>
    /// <returns>[B, outputs of the last block up, H, W]</returns>
    public Tensor Forward(Tensor input, Kernels kernels)
    {
        using var scope = TensorScope.Begin();
        var skips = new Tensor[down.Length];
        var x = input;
        for (var i = 0; i < down.Length; i++)
        {
            x = skips[i] = down[i].Forward(x);
            if (i < down.Length - 1) x = halve.Forward(x);
        }
        x = perceptron.Forward(x);
        // As the rest lies in memory: a concatenation of two layouts would turn all that follows.
        if (skips[^1].IsChannelsLast) x = x.Contiguous(MemoryFormat.ChannelsLast);
        for (var i = 0; i < up.Length; i++)
        {
            var skip = skips[^(i + 1)];
            var isTwice = i > 0 && skip.Size(2) == 2 * x.Size(2) && skip.Size(3) == 2 * x.Size(3);
            if (isTwice && kernels.Up[i] is { } kernel && skip.IsContiguous)
            {
                x = up[i].Activate(ConvolveDoubled(x, skip, kernel.Skip, kernel.Doubled));
                continue;
            }
            if (i > 0) x = twice.Forward(x);
            var (rows, columns) = (skip.Size(2) - x.Size(2), skip.Size(3) - x.Size(3));
            if (rows > 0 || columns > 0) x = x.Pad([0, columns, 0, rows]); // halving an odd size has lost a row or column
            x = up[i].Forward(Operators.Cat([x, skip], 1));
        }
        return scope.Keep(x);
    }

    /// <summary>The convolution of a doubled map beside a skip connection.</summary>
    /// <param name="small">The map before it is doubled, [B, channels, h, w].</param>
    /// <param name="skip">[B, channels', 2·h, 2·w]</param>
    /// <param name="ofSkip">[outputs, channels', 3, 3]</param>
    /// <param name="ofDoubled">[4·outputs, channels, 2, 2]: for each column of the pair, for each row of it, the outputs.</param>
    private static Tensor ConvolveDoubled(Tensor small, Tensor skip, Tensor ofSkip, Tensor ofDoubled)
    {
        using var scope = TensorScope.Begin();
        var (batch, outputs, h, w) = (small.Size(0), ofSkip.Size(0), small.Size(2), small.Size(3));
        var fine = Operators.Conv2d(skip, ofSkip, null, padding: 1);                                 // [B, outputs, 2·h, 2·w]
        var coarse = Operators.Conv2d(small, ofDoubled, null, padding: 1).Contiguous();              // [B, 4·outputs, h + 1, w + 1]
        // Pixel (2·i + a, 2·j + b) stands in part (b, a) at (i + a, j + b): a view of ordinary strides.
        var (row, map) = (w + 1, (h + 1) * (w + 1));
        var doubled = coarse.AsStrided([batch, outputs, h, 2, w, 2], [4 * outputs * map, map, row, outputs * map + row, 1, 2 * outputs * map + 1]);
        return scope.Keep((fine.View([batch, outputs, h, 2, w, 2]) + doubled).View([batch, outputs, 2 * h, 2 * w]));
    }

    /// <summary>Floating-point operations on a batch, by formula: of what is computed, which is less than the layers say.</summary>
    /// <param name="batch">Images.</param>
    /// <param name="channelsLast">Whether the input lies in memory pixel after pixel; then every convolution comes behind its doubling.</param>
    public double ForwardOperations(int batch, bool channelsLast = false)
    {
        double perImage = 0;
        for (var i = 0; i < up.Length; i++)
        {
            var level = up.Length - 1 - i;
            var (height, width) = (options.Height >> level, options.Width >> level);
            double pixels = height * width;
            perImage += 18 * pixels * options.Down[level] * (level == 0 ? options.Inputs : options.Down[level - 1]);
            perImage += 18 * pixels * options.Up[i] * options.Down[level];                    // the skip connection
            var (rows, columns) = SizeBefore(i);
            var isFolded = !channelsLast && IsFolded(i) && (height, width) == (2 * rows, 2 * columns);
            double coarse = (rows + 1) * (columns + 1);
            perImage += (isFolded ? 32 * coarse : 18 * pixels) * options.Up[i] * (i == 0 ? options.Down[^1] : options.Up[i - 1]);
        }
        var bottom = options.Bottom;
        double features = options.Down[^1] * bottom.Height * bottom.Width;
        return batch * (perImage + 4 * features * options.Hidden + 2.0 * options.Hidden * options.Hidden);
    }

    private sealed class Block : Layer
    {
        private readonly Conv2d convolution;
        private readonly Layer norm;

        public Block(int inputs, int outputs, Layer norm, Names names, Generator? random)
        {
            convolution = Child(names.Convolution, new Conv2d(inputs, outputs, kernel: 3, padding: 1, bias: false, random: random));
            this.norm = Child(names.Norm, norm);
        }

        public Tensor Weight => convolution.Weight;

        public override Tensor Forward(Tensor input)
        {
            using var scope = TensorScope.Begin();
            return scope.Keep(Activate(convolution.Forward(input)));
        }

        /// <summary>What stands behind the convolution.</summary>
        public Tensor Activate(Tensor convolved)
        {
            using var scope = TensorScope.Begin();
            // Not in place: libtorch's instance norm gives a view, and changing one costs two more passes backwards.
            return scope.Keep(norm.Forward(convolved).Relu());
        }
    }
}
