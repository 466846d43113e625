using System.ComponentModel.DataAnnotations;
using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>
/// A mixture of K pictures that two convolutions paint at once.
/// Author et al., "Title", venue year, arXiv number, figure or equation.
/// </summary>
public sealed class MixtureNet : DecompositionModel
{
    /// <param name="Channels">Colour channels C of the image.</param>
    /// <param name="Height">Rows H of the image.</param>
    /// <param name="Width">Columns W of the image.</param>
    /// <param name="Slots">K.</param>
    /// <param name="Filters">Channels of the hidden layer.</param>
    public sealed record Options(
        [property: Range(1, 4)] int Channels = 3,
        [property: Range(8, 4096)] int Height = 32,
        [property: Range(8, 4096)] int Width = 32,
        [property: Range(1, 256)] int Slots = 4,
        [property: Range(1, 4096)] int Filters = 32);

    private readonly Options options;
    private readonly Sequential painter;

    /// <param name="options">Sizes and variants.</param>
    /// <param name="random">Source of the starting values.</param>
    public MixtureNet(Options options, Generator? random = null)
    {
        this.options = options;
        painter = Child("painter", new Sequential(
            new Conv2d(options.Channels, options.Filters, kernel: 5, padding: 2, random: random),
            Activation.ReluInPlace(),
            new Conv2d(options.Filters, options.Slots * (options.Channels + 1), kernel: 5, padding: 2, random: random)));
    }

    /// <inheritdoc/>
    public override string Name => "mixture-net";

    /// <inheritdoc/>
    public override (int Channels, int Height, int Width) ImageSize => (options.Channels, options.Height, options.Width);

    /// <inheritdoc/>
    public override int Components => options.Slots;

    /// <inheritdoc/>
    public override Objective Objective(Batch batch, long step, NoiseSource noise)
    {
        using var scope = TensorScope.Begin();
        var (canvas, _, _) = Forward(batch.Images);
        var loss = scope.Keep((canvas - batch.Images).Square().Sum() / batch.Images.Size(0));
        return new(loss, [("reconstruction", loss)]);
    }

    /// <inheritdoc/>
    public override Decomposition Decompose(Tensor images, NoiseSource noise, int? components = null)
    {
        var (canvas, patches, masks) = Forward(images);
        return new(canvas, patches, masks, new Dictionary<string, Tensor>());
    }

    private (Tensor Canvas, Tensor Patches, Tensor Masks) Forward(Tensor images)
    {
        using var scope = TensorScope.Begin();
        var (batch, k, c) = (images.Size(0), options.Slots, options.Channels);
        var x = painter.Forward(images).To(images.DType);                         // [B, K·(C + 1), H, W]; float32 again after autocast
        x = x.Reshape([batch, k, c + 1, options.Height, options.Width]);
        var patches = x.Narrow(2, 0, c);                                          // [B, K, C, H, W]
        var masks = x.Narrow(2, c, 1).Softmax(1);                                 // [B, K, 1, H, W], over slots
        return (scope.Keep((patches * masks).Sum([1])), scope.Keep(patches), scope.Keep(masks));
    }
}
