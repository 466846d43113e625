namespace Scenograph.Torch;

/// <summary>A module of one input and one output, which <see cref="Sequential"/> can chain.</summary>
public abstract class Layer : Module
{
    /// <summary>Output for an input; the shapes are the layer's.</summary>
    public abstract Tensor Forward(Tensor input);
}
