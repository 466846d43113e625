namespace Scenograph.Torch;

/// <summary>Mean over as many windows as the output has pixels, whatever the input's size. Input [B, C, H, W].</summary>
/// <param name="height">Rows of the output.</param>
/// <param name="width">Columns of the output.</param>
public sealed class AdaptiveAvgPool2d(int height, int width) : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.AdaptiveAvgPool2d([height, width]);
}
