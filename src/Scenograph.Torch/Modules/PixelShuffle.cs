namespace Scenograph.Torch;

/// <summary>Turns channels into pixels: [B, C·s², H, W] becomes [B, C, s·H, s·W] (Shi et al. 2016).</summary>
/// <param name="factor">s.</param>
public sealed class PixelShuffle(int factor) : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.PixelShuffle(factor);
}
