using System.Globalization;
using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>
/// U-Net with a perceptron at its bottom (Ronneberger et al. 2015; this form: Burgess et al. 2019, MONet, appendix B.2). A block is a
/// convolution 3×3 without bias, a normalisation and a ReLU. Between down blocks every second row and column is taken, behind up
/// blocks pixels are doubled; an up block reads its input and then, on further channels, the down block's output of the same size.
/// </summary>
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

    /// <param name="input">[B, inputs, H, W]</param>
    /// <returns>[B, outputs of the last block up, H, W]</returns>
    public override Tensor Forward(Tensor input)
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
            var (rows, columns) = (skip.Size(2) - x.Size(2), skip.Size(3) - x.Size(3));
            if (rows > 0 || columns > 0) x = x.Pad([0, columns, 0, rows]); // halving an odd size has lost a row or column
            x = up[i].Forward(Operators.Cat([x, skip], 1));
            if (i < up.Length - 1) x = twice.Forward(x);
        }
        return scope.Keep(x);
    }

    /// <summary>Floating-point operations on a batch, by formula.</summary>
    public double ForwardOperations(int batch)
    {
        double perImage = 0;
        for (var i = 0; i < down.Length; i++)
        {
            double pixels = (options.Height >> i) * (options.Width >> i), j = down.Length - 1 - i;
            perImage += 18 * pixels * options.Down[i] * (i == 0 ? options.Inputs : options.Down[i - 1]);
            perImage += 18 * pixels * options.Up[(int)j] * ((j == 0 ? options.Down[^1] : options.Up[(int)j - 1]) + options.Down[i]);
        }
        var (rows, columns) = options.Bottom;
        double features = options.Down[^1] * rows * columns;
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

        public override Tensor Forward(Tensor input)
        {
            using var scope = TensorScope.Begin();
            // Not in place: libtorch's instance norm gives a view, and changing one costs two more passes backwards.
            return scope.Keep(norm.Forward(convolution.Forward(input)).Relu());
        }
    }
}
