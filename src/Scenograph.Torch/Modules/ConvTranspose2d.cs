namespace Scenograph.Torch;

/// <summary>
/// Transposed convolution. Weight [inputs, outputs, k, k], bias [outputs]. Input [B, C, H, W].
/// On the processor, where libtorch's own is slow, it is computed as an ordinary convolution that gives the same numbers: of
/// stride 1 with the kernel flipped, of stride s as one convolution to s² times the channels followed by a pixel shuffle. On
/// other devices libtorch's own is used.
/// </summary>
public sealed class ConvTranspose2d : Layer
{
    private readonly Tensor weight;
    private readonly Tensor? bias;
    private readonly int kernel;
    private readonly int stride;
    private readonly int padding;
    private readonly int outputPadding;

    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the output.</param>
    /// <param name="kernel">Side k of the square kernel.</param>
    /// <param name="stride">Step between the places where the kernel is laid down.</param>
    /// <param name="padding">Rows and columns cut off all around.</param>
    /// <param name="outputPadding">Rows and columns added at the end.</param>
    /// <param name="bias">Whether there is one.</param>
    /// <param name="random">Source of the starting values.</param>
    public ConvTranspose2d(int inputs, int outputs, int kernel, int stride = 1, int padding = 0, int outputPadding = 0, bool bias = true, Generator? random = null)
    {
        this.kernel = kernel;
        this.stride = stride;
        this.padding = padding;
        this.outputPadding = outputPadding;
        ReadOnlySpan<long> shape = [inputs, outputs, kernel, kernel];
        weight = Parameter("weight", Initialise.KaimingUniform(shape, random));
        // PyTorch takes fan_in from the second size, which here is the outputs.
        if (bias) this.bias = Parameter("bias", Initialise.Uniform([outputs], 1 / Math.Sqrt(Initialise.FanIn(shape)), random));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        if (input.Device.Type == DeviceType.Cpu)
        {
            if (stride == 1 && outputPadding == 0 && padding < kernel) return Flipped(input);
            // The output must be exactly s times the input for the shuffle to fit.
            if (stride > 1 && kernel - 2 * padding + outputPadding == stride) return SubPixel(input);
        }
        return Operators.ConvTranspose2d(input, weight, bias, stride, padding, outputPadding);
    }

    private Tensor Flipped(Tensor input)
    {
        using var swapped = weight.Flip([2, 3]);
        using var flipped = swapped.Transpose(0, 1);
        return Operators.Conv2d(input, flipped, bias, padding: kernel - 1 - padding);
    }

    /// <summary>
    /// Output row s·i + a takes input row i + d with kernel row a + p − s·d. For each of the s residues a that is a convolution
    /// with taps d = −before..after, so the s² of them together are one convolution to s²·outputs channels.
    /// </summary>
    private Tensor SubPixel(Tensor input)
    {
        var s = stride;
        var after = (s - 1 + padding) / s;
        var before = (kernel - 1 - padding) / s;
        var taps = before + after + 1;
        var left = s * after - padding;
        var right = s * taps - kernel - left;
        var inputs = weight.Size(0);
        var outputs = weight.Size(1);
        using var scope = TensorScope.Begin();
        var padded = weight.Pad([left, right, left, right]);
        var taken = padded.View([inputs, outputs, taps, s, taps, s])         // kernel row = s·m + a, m = after − d
            .Flip([2, 4])                                                    // so that d grows
            .Permute([1, 3, 5, 0, 2, 4])                                     // [outputs, a, a', inputs, d, d']
            .Reshape([outputs * s * s, inputs, taps, taps]);
        var wide = bias?.RepeatInterleave(s * s);
        var source = before == after ? input : input.Pad([before, after, before, after]);
        var shuffled = Operators.Conv2d(source, taken, wide, padding: before == after ? before : 0).PixelShuffle(s);
        return scope.Keep(shuffled);
    }
}
