using Scenograph.Models.Blocks;
using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>
/// EfficientMORL's second stage: a change of the posterior's parameters λ from λ and the loss's gradient by it (Emami et al. 2021,
/// arXiv 2106.03849, section 3.3). Nothing flows back through the gradient.
/// </summary>
internal sealed class EfficientMorlRefinement : Module
{
    private readonly int size;
    private readonly GRUCell recurrence;
    private readonly Sequential encoding;
    private readonly Linear location, softplus;

    public EfficientMorlRefinement(EfficientMorl.Options options, Generator? random)
    {
        size = options.Size;
        recurrence = Child("recurrence", new GRUCell(size, size, random, suffix: "_l0"));
        encoding = Child("encoding", new Sequential(new Linear(4 * size, options.RefinementHidden, random: random), Activation.EluInPlace(), new Linear(options.RefinementHidden, size, random: random)));
        location = Child("loc", new Linear(size, size, random: random));
        softplus = Child("softplus", new Linear(size, size, random: random));
        foreach (var part in (Module[])[encoding, location, softplus]) XavierStart.Apply(part, options.InitialGain, random);
    }

    /// <param name="lambda">λ = [mean | s], [N, 2z].</param>
    /// <param name="gradient">Gradient of the loss by λ, [N, 2z], without history.</param>
    /// <param name="state">[N, z]</param>
    /// <returns>The change of λ, [N, 2z], and the next state, [N, z].</returns>
    public (Tensor Delta, Tensor State) Forward(Tensor lambda, Tensor gradient, Tensor state)
    {
        using var scope = TensorScope.Begin();
        using var exact = Autocast.Suspend(lambda.Device);
        var halves = gradient.Chunk(2, 1);
        var normed = halves.Select(half => Operators.LayerNorm(half, [size]));      // the mean's and the variance's gradient, each on its own scale
        var x = encoding.Forward(Operators.Cat([lambda, .. normed], 1));
        var next = recurrence.Forward(x, state);
        return (scope.Keep(Operators.Cat([location.Forward(next), softplus.Forward(next)], 1)), scope.Keep(next));
    }
}
