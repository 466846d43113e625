namespace Scenograph.Torch;

/// <summary>Mean over windows. Input [B, C, H, W].</summary>
/// <param name="kernel">Side of the square window.</param>
/// <param name="stride">Step between windows; the kernel if left out.</param>
/// <param name="padding">Zeros around the input; they count as values.</param>
public sealed class AvgPool2d(int kernel, int? stride = null, int padding = 0) : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.AvgPool2d(kernel, stride ?? kernel, padding);
}
