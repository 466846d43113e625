using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>What every model can do: give its training objective. Decomposition models derive from <see cref="DecompositionModel"/>.</summary>
public abstract class Model : Module
{
    /// <summary>Name in recipes, e.g. <c>slot-attention</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The objective on a batch, differentiable.</summary>
    /// <param name="batch">Images and what else the model trains on.</param>
    /// <param name="step">Optimiser steps done so far; schedules inside the model depend on it.</param>
    /// <param name="noise">Source of all randomness.</param>
    public abstract Objective Objective(Batch batch, long step, NoiseSource noise);

    /// <summary>
    /// How the trainer's optimiser updates the parameters: all alike unless a model says otherwise, by a factor on the recipe's learning
    /// rate or a weight decay of its own. Each parameter is in exactly one group.
    /// </summary>
    public virtual IReadOnlyList<ParameterGroup> ParameterGroups() => [new(NamedParameters())];

    /// <summary>
    /// Floating-point operations of one forward pass by formula: multiplications and additions of convolutions and matrix products.
    /// A training step is counted as three of them. Null where nobody has counted.
    /// </summary>
    /// <param name="batch">Images.</param>
    public virtual double? ForwardOperations(int batch) => null;

    /// <summary>What this model calls a tensor of a published checkpoint, where the original has published under several names.</summary>
    /// <param name="name">The checkpoint's name, without prefixes such as <c>model.</c></param>
    /// <returns>Null leaves the tensor out.</returns>
    public virtual string? ImportedName(string name) => name;

    /// <summary>Whether a published checkpoint may lack a tensor of this model, which then keeps its starting value.</summary>
    /// <param name="name">This model's name for it.</param>
    public virtual bool MayLack(string name) => false;
}

/// <summary>A model that takes an image apart into K components.</summary>
public abstract class DecompositionModel : Model
{
    /// <summary>Image sizes the model takes: channels C, rows H, columns W.</summary>
    public abstract (int Channels, int Height, int Width) ImageSize { get; }

    /// <summary>Number of components K.</summary>
    public abstract int Components { get; }

    /// <summary>Whether one of the masks shows the background, so that they sum to 1.</summary>
    public virtual bool MasksHaveBackground => true;

    /// <summary>Whether <see cref="Decompose"/> can use another number of components than training did.</summary>
    public virtual bool TakesAnyNumberOfComponents => false;

    /// <summary>Takes images apart.</summary>
    /// <param name="images">[B, C, H, W], values in [0, 1].</param>
    /// <param name="noise">Source of all randomness; its latents' means with <see cref="NoiseSource.Mean"/>, where the model allows it.</param>
    /// <param name="components">K, if not <see cref="Components"/>; only where <see cref="TakesAnyNumberOfComponents"/>.</param>
    public abstract Decomposition Decompose(Tensor images, NoiseSource noise, int? components = null);
}

/// <summary>A model that paints each component from a vector of its own, so that what a number of it means can be seen by changing it.</summary>
public interface ILatentComponents
{
    /// <summary>Name under which <see cref="Decomposition.Latents"/> has the vectors that <see cref="Decode"/> takes.</summary>
    string LatentName { get; }

    /// <summary>Paints scenes from their components' vectors.</summary>
    /// <param name="latents">[B, K, D]</param>
    Decomposition Decode(Tensor latents);
}

/// <summary>A model whose objective is a bound of the likelihood.</summary>
public interface IBounded
{
    /// <summary>The two halves of the negative bound, with drawn latents.</summary>
    /// <param name="images">[B, C, H, W]</param>
    /// <param name="noise">Source of all randomness.</param>
    /// <returns>−ln p(x | z) without a Gaussian's constant, and the KL of all latents, [B] each.</returns>
    (Tensor NegativeLogLikelihood, Tensor Divergence) Bound(Tensor images, NoiseSource noise);
}

/// <summary>A model that puts each picture of one thing into one of K clusters, without having seen a class.</summary>
public interface IClusterer
{
    /// <summary>K.</summary>
    int Clusters { get; }

    /// <summary>Scores of the clusters; a picture's cluster is the one with the largest.</summary>
    /// <param name="images">[B, C, H, W]</param>
    /// <returns>[B, K]</returns>
    Tensor ClusterLogits(Tensor images);

    /// <summary>What the clusters look like.</summary>
    /// <returns>[K, C, H, W], not clamped.</returns>
    Tensor Prototypes();
}

/// <summary>What a model trains on.</summary>
/// <param name="Images">[B, C, H, W], values in [0, 1].</param>
/// <param name="Indices">Positions of the images in their data set.</param>
public sealed record Batch(Tensor Images, IReadOnlyList<int> Indices);

/// <summary>An objective by its parts.</summary>
/// <param name="Total">What is minimised: a tensor of one element.</param>
/// <param name="Terms">Its terms by name, before weighting, each of one element; logged as they are.</param>
public sealed record Objective(Tensor Total, IReadOnlyList<(string Name, Tensor Value)> Terms);

/// <summary>Images taken apart.</summary>
/// <param name="Reconstruction">[B, C, H, W]</param>
/// <param name="Components">[B, K, C, H, W]</param>
/// <param name="Masks">[B, K, 1, H, W], sums to 1 over K.</param>
/// <param name="Latents">Per-component codes by name, [B, K, ...].</param>
public sealed record Decomposition(Tensor Reconstruction, Tensor Components, Tensor Masks, IReadOnlyDictionary<string, Tensor> Latents)
{
    /// <summary>Whether each component is present, [B, K] from 0 to 1; null for models that do not say.</summary>
    public Tensor? Presence { get; init; }

    /// <summary>Where each component lies, [B, K, 4]: left, top, right, bottom in pixels; null for models that do not say.</summary>
    public Tensor? Boxes { get; init; }

    /// <summary>Number of things that the model itself counts, [B]; null for models that do not count.</summary>
    public Tensor? Counts { get; init; }

    /// <summary>Scores of the clusters that each component may be in, [B, K, L]; null for models without clusters.</summary>
    public Tensor? ClusterLogits { get; init; }
}
