namespace Scenograph.Torch;

/// <summary>
/// In training, sets each value to 0 with a probability and scales the others so that the mean stays; in evaluation, passes them on
/// (Srivastava et al. 2014).
/// </summary>
public sealed class Dropout : Layer
{
    private readonly double probability;
    private readonly Generator? random;

    /// <param name="probability">From 0 to 1.</param>
    /// <param name="random">Where chance comes from; the device's own generator if left out. Not disposed with the layer.</param>
    public Dropout(double probability = 0.5, Generator? random = null)
    {
        if (!(probability is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(probability), probability, "a probability lies between 0 and 1");
        this.probability = probability;
        this.random = random;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        if (random is null) return Operators.Dropout(input, probability, IsTraining);
        if (!IsTraining || probability == 0) return input.Share();
        if (probability == 1) return input.Mul(0.0);
        using var mask = input.EmptyLike();
        using (GradMode.Off()) mask.Bernoulli_(1 - probability, random).Div_(1 - probability);
        return input.Mul(mask);
    }
}
