using Scenograph.Models.Blocks;
using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>
/// IODINE's spatial broadcast decoder (Watters et al. 2019, arXiv 1901.07017): the latent at every place beside its column and row, then
/// convolutions with ELU, then colours and the mask's logit. Names as in the version's state-dict.
/// </summary>
internal sealed class IodineDecoder : Module
{
    private readonly BroadcastConv2d first;
    private readonly Sequential rest;
    private readonly double restOperations;

    public IodineDecoder(Iodine.Options options, Generator? random)
    {
        var (filters, kernel, layers) = (options.DecoderFilters, options.DecoderKernel, options.DecoderLayers);
        var isBenchmark = options.Version == Iodine.Version.ClevrTex;
        // The benchmark broadcasts to a frame that the layers, without padding, eat away; the other pads every layer with zeros.
        var padding = isBenchmark ? 0 : kernel / 2;
        var border = isBenchmark ? layers * (kernel - 1) : 0;
        var (height, width) = (options.Height + border, options.Width + border);
        var outputKernel = isBenchmark ? 1 : kernel;
        string NameOf(int layer) => isBenchmark ? $"decode.{2 * layer}" : layer < layers ? $"mlc.layers.{layer}" : "conv";

        first = Child(NameOf(0), new BroadcastConv2d(options.Size, filters, kernel, padding, height, width, random));
        var parts = new List<Layer> { Activation.EluInPlace() };
        for (var i = 1; i < layers; i++)
        {
            parts.Add(Child(NameOf(i), new Conv2d(filters, filters, kernel, padding: padding, random: random)));
            parts.Add(Activation.EluInPlace());
            restOperations += 2.0 * Side(height, i) * Side(width, i) * kernel * kernel * filters * filters;
        }
        parts.Add(Child(NameOf(layers), new Conv2d(filters, options.Channels + 1, outputKernel, padding: outputKernel / 2, random: random)));
        restOperations += 2.0 * options.Height * options.Width * outputKernel * outputKernel * filters * (options.Channels + 1);
        rest = new Sequential([.. parts]); // not a child: its layers have names of their own already

        int Side(int side, int layer) => isBenchmark ? side - (layer + 1) * (kernel - 1) : side;
    }

    /// <summary>Operations for one latent.</summary>
    public double Operations => first.Operations + restOperations;

    /// <param name="latents">z, [N, L]</param>
    /// <returns>[N, C + 1, H, W] in the latents' element type: colours and, last, the mask's logit; neither is squashed.</returns>
    public Tensor Forward(Tensor latents)
    {
        using var scope = TensorScope.Begin();
        return scope.Keep(rest.Forward(first.Forward(latents)).To(latents.DType).Contiguous());
    }
}
