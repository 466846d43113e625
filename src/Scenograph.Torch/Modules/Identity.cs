namespace Scenograph.Torch;

/// <summary>Passes its input on.</summary>
public sealed class Identity : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input;
}
