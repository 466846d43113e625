namespace Scenograph.Torch;

/// <summary>Makes one dimension of several: [B, C, H, W] becomes [B, C·H·W].</summary>
/// <param name="start">First dimension to join.</param>
/// <param name="end">Last dimension to join; negative counts from the end.</param>
public sealed class Flatten(int start = 1, int end = -1) : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.Flatten(start, end);
}
