namespace Scenograph.Torch;

/// <summary>Maximum over windows. Input [B, C, H, W].</summary>
/// <param name="kernel">Side of the square window.</param>
/// <param name="stride">Step between windows; the kernel if left out.</param>
/// <param name="padding">Rows and columns around the input that never are the maximum.</param>
public sealed class MaxPool2d(int kernel, int? stride = null, int padding = 0) : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.MaxPool2d(kernel, stride ?? kernel, padding);
}
