namespace Scenograph.Torch;

/// <summary>Gives each sample of a batch another shape: [B, ...] becomes [B, shape].</summary>
public sealed class Reshape : Layer
{
    private readonly long[] shape;

    /// <param name="shape">Sizes without that of the batch; one may be −1 and follows from the others.</param>
    public Reshape(params ReadOnlySpan<long> shape) => this.shape = shape.ToArray();

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.Reshape([input.Size(0), .. shape]);
}
