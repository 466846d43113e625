using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>
/// The recurrent net of AIR: a perceptron of the image, the last latents and the last hidden state, whose output's tail is, as it is, the next
/// hidden state. Eslami et al. 2016, arXiv 1603.08575; sizes and names of StrImaDec.
/// </summary>
public sealed class GlimpseNet : Module
{
    private readonly Sequential network;
    private readonly Linear first;
    private readonly int pixels, state, outputs;

    /// <param name="pixels">C·H·W of the image.</param>
    /// <param name="latents">Size of the latents of a step.</param>
    /// <param name="state">Size of the hidden state.</param>
    /// <param name="hidden">Widths of the hidden layers, at least one.</param>
    /// <param name="start">What the outputs are before any training; as many as there are outputs.</param>
    /// <param name="random">Source of the starting values.</param>
    public GlimpseNet(int pixels, int latents, int state, IReadOnlyList<int> hidden, IReadOnlyList<double> start, Generator? random = null)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(start);
        if (hidden.Count == 0) throw new InputException("the recurrent net of a glimpse has no hidden layer; give it at least one width, e.g. rnn_hidden: [400]");
        (this.pixels, this.state, outputs) = (pixels, state, start.Count);
        network = Child("fc_rnn", AutoEncoder.Perceptron([pixels + latents + state, .. hidden, start.Count + state], flatten: false, random));
        first = (Linear)network.Layers[0];
        using var _ = GradMode.Off();
        using var scope = TensorScope.Begin();
        var last = (Linear)network.Layers[^1];
        last.Weight.Narrow(0, 0, outputs).Zero_();
        last.Bias!.Narrow(0, 0, outputs).Copy_(Tensor.From(start.ToArray(), [outputs]));
    }

    /// <summary>What the first layer makes of an image, which is the same at every step of it.</summary>
    /// <param name="Image">[B, F]</param>
    /// <param name="Rest">The first layer's weights of latents and state, [latents + state, F].</param>
    /// <param name="Start">The first hidden state, [B, S].</param>
    public sealed record Seen(Tensor Image, Tensor Rest, Tensor Start);

    /// <param name="images">[B, C·H·W]</param>
    public Seen See(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        using var scope = TensorScope.Begin();
        var weight = first.Weight;
        var image = Operators.Linear(images, weight.Narrow(1, 0, pixels), first.Bias);
        var rest = weight.Narrow(1, pixels, weight.Size(1) - pixels).T();
        return new(scope.Keep(image), scope.Keep(rest), scope.Keep(Operators.Zeros([images.Size(0), state], images.DType, images.Device)));
    }

    /// <summary>One step.</summary>
    /// <param name="seen">What <see cref="See"/> gave.</param>
    /// <param name="latents">Of the step before, [B, latents].</param>
    /// <param name="hidden">State, [B, S].</param>
    /// <returns>Outputs [B, O] and the next state [B, S].</returns>
    public (Tensor Output, Tensor Hidden) Forward(Seen seen, Tensor latents, Tensor hidden)
    {
        ArgumentNullException.ThrowIfNull(seen);
        ArgumentNullException.ThrowIfNull(latents);
        using var scope = TensorScope.Begin();
        var x = seen.Image.Addmm(Operators.Cat([latents, hidden.To(latents.DType)], 1), seen.Rest);
        for (var i = 1; i < network.Layers.Count; i++) x = network.Layers[i].Forward(x);
        x = x.To(latents.DType);
        return (scope.Keep(x.Narrow(1, 0, outputs)), scope.Keep(x.Narrow(1, outputs, state)));
    }
}
