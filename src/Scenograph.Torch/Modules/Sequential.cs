using System.Globalization;

namespace Scenograph.Torch;

/// <summary>Layers one after another, named 0, 1, 2, .. as PyTorch names them. Results between them are freed at once, unless differentiation saved them.</summary>
public sealed class Sequential : Layer
{
    private readonly Layer[] layers;

    /// <param name="layers">At least one.</param>
    public Sequential(params Layer[] layers)
    {
        this.layers = layers;
        for (var i = 0; i < layers.Length; i++) Child(i.ToString(CultureInfo.InvariantCulture), layers[i]);
    }

    /// <summary>The layers in their order.</summary>
    public IReadOnlyList<Layer> Layers => layers;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var value = input;
        foreach (var layer in layers)
        {
            var next = layer.Forward(value);
            if (!ReferenceEquals(value, input) && !ReferenceEquals(next, value)) value.Dispose();
            value = next;
        }
        return value;
    }
}
