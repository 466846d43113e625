using Scenograph.Data;
using Scenograph.Models;
using Scenograph.Reports.Pictures;
using Scenograph.Torch;
using Scenograph.Torch.Images;

namespace Scenograph.Training;

/// <summary>
/// What each number of a component's latent vector means, shown by changing it alone: a picture is taken apart, one dimension of one
/// component takes values over a range with everything else as inferred, and the scenes are painted anew. Shown for IODINE by Greff et al.
/// 2019, arXiv 1903.00450, figure 5.
/// </summary>
/// <remarks>
/// The values are absolute where the latents have a posterior (<see cref="Decomposition.Latents"/> holds a <c>deviation</c>): the prior is standard
/// normal, so that −2 to 2 is what it calls usual, and the posterior's mean stands for what is inferred. Where there is no prior, as in Slot
/// Attention, they are distances from the inferred value in standard deviations of that dimension over the picture's K components.
/// </remarks>
public sealed record LatentTraversal
{
    /// <summary>What the values of a traversal count.</summary>
    public enum Unit
    {
        /// <summary>The dimension's own value, for latents with a standard normal prior.</summary>
        Absolute,

        /// <summary>Distance from the inferred value in standard deviations of the dimension over the picture's components.</summary>
        Deviations,
    }

    /// <summary>One dimension, and the scenes that its values give.</summary>
    /// <param name="Index">Which dimension of the latent vector, from 0.</param>
    /// <param name="Effect">Variance of a pixel's colour over the values, mean over pixels and channels; colours are in [0, 1].</param>
    /// <param name="Inferred">Its value in the picture as it is.</param>
    /// <param name="Deviation">What one unit changes it by: 1 where the values are absolute.</param>
    /// <param name="Scenes">The painted scenes, one a value.</param>
    public sealed record Dimension(int Index, double Effect, double Inferred, double Deviation, IReadOnlyList<Image> Scenes);

    /// <summary>Which component, from 0.</summary>
    public required int Component { get; init; }

    /// <summary>Name of the latents in the model's decompositions, e.g. <c>slots</c>.</summary>
    public required string Latent { get; init; }

    /// <summary>What <see cref="Values"/> count.</summary>
    public required Unit ValueUnit { get; init; }

    /// <summary>The values that every dimension takes, in ascending order and equally far from each other.</summary>
    public required IReadOnlyList<double> Values { get; init; }

    /// <summary>D, numbers of a component's vector.</summary>
    public required int LatentSize { get; init; }

    /// <summary>The dimensions, greatest effect first.</summary>
    public required IReadOnlyList<Dimension> Dimensions { get; init; }

    /// <summary>The scene as the model paints it with nothing changed.</summary>
    public required Image Unchanged { get; init; }

    /// <param name="model">A model whose components have latents; in evaluation mode.</param>
    /// <param name="sample">The picture, of the model's size.</param>
    /// <param name="component">Which component; null: the largest but one, since the largest is taken to be the background.</param>
    /// <param name="dimensions">Which dimensions; null: all.</param>
    /// <param name="values">At least two, ascending.</param>
    /// <param name="batch">Scenes painted at a time.</param>
    /// <param name="seed">Seed of the model's noise.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="stop">Ends the work early, by an exception.</param>
    /// <exception cref="InputException">The model has no such component or dimension, or no latents.</exception>
    public static LatentTraversal Run(DecompositionModel model, Sample sample, int? component, IReadOnlyList<int>? dimensions, IReadOnlyList<double> values, int batch, ulong seed, Device device, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(values);
        if (model is not ILatentComponents painter)
        {
            throw new InputException($"{model.Name} does not paint its components from latent vectors, so there is nothing to traverse");
        }

        using var scope = TensorScope.Begin();
        using var noise = NoiseSource.Seeded(seed, device);
        using var gradients = GradMode.Off(); // not inference mode: a model may need gradients inside
        var parts = model.Decompose(SceneBatches.ToTensor([sample], device), noise);
        var variational = parts.Latents.ContainsKey("deviation");
        var start = parts.Latents[painter.LatentName];                                              // [1, K, D]
        if (variational && parts.Latents.TryGetValue("mean", out var mean) && mean.Shape.SequenceEqual(start.Shape))
        {
            start = mean;
        }

        var (count, size) = ((int)start.Size(1), (int)start.Size(2));
        var k = component ?? SecondLargest(parts, count);
        if (k < 0 || k >= count)
        {
            throw new InputException($"component {k} is not there; the model has {count}, 0 to {count - 1}");
        }

        if (dimensions?.FirstOrDefault(d => d < 0 || d >= size, -1) is >= 0 and var missing)
        {
            throw new InputException($"dimension {missing} is not there; the latents of {model.Name} have {size}, 0 to {size - 1}");
        }

        var latents = start.To(DType.Float32).ToArray<float>();
        var units = variational ? [.. Enumerable.Repeat(1.0, size)] : DeviationsOverComponents(latents, count, size);
        return new()
        {
            Component = k,
            Latent = painter.LatentName,
            ValueUnit = variational ? Unit.Absolute : Unit.Deviations,
            Values = values,
            LatentSize = size,
            Unchanged = Paint(painter, [latents], count, size, sample, device).Images[0],
            Dimensions = [.. Traverse().OrderByDescending(dimension => dimension.Effect).ThenBy(dimension => dimension.Index)],
        };

        // Several dimensions share a batch, or one needs several.
        IEnumerable<Dimension> Traverse()
        {
            var asked = dimensions?.Distinct().ToArray() ?? [.. Enumerable.Range(0, size)];
            foreach (var some in asked.Chunk(Math.Max(1, batch / values.Count)))
            {
                stop.ThrowIfCancellationRequested();
                var scenes = some.SelectMany(d => values.Select(value => Changed(d, value))).ToArray();
                List<float[]> colours = [];
                List<Image> images = [];
                foreach (var part in scenes.Chunk(Math.Max(1, batch)))
                {
                    var painted = Paint(painter, part, count, size, sample, device);
                    colours.AddRange(painted.Colours);
                    images.AddRange(painted.Images);
                }

                for (var i = 0; i < some.Length; i++)
                {
                    var first = i * values.Count;
                    yield return new(some[i], MeanVariance(colours.GetRange(first, values.Count)), latents[(k * size) + some[i]], units[some[i]], images.GetRange(first, values.Count));
                }
            }
        }

        float[] Changed(int d, double value)
        {
            var changed = (float[])latents.Clone();
            var at = (k * size) + d;
            changed[at] = (float)(variational ? value : latents[at] + (value * units[d]));
            return changed;
        }
    }

    private static (List<float[]> Colours, List<Image> Images) Paint(ILatentComponents painter, float[][] latents, int count, int size, Sample sample, Device device)
    {
        using var scope = TensorScope.Begin();
        var painted = painter.Decode(Tensor.From(latents.SelectMany(one => one).ToArray(), [latents.Length, count, size], device));
        var pixels = painted.Reconstruction.To(DType.Float32).ToArray<float>();
        var (channels, height, width) = (sample.Channels, sample.Height, sample.Width);
        var volume = channels * height * width;
        List<float[]> colours = [.. Enumerable.Range(0, latents.Length).Select(i => pixels.AsSpan(i * volume, volume).ToArray())];
        return (colours, colours.ConvertAll(scene => Drawing.FromPlanes(scene, channels, height, width)));
    }

    private static int SecondLargest(Decomposition parts, int count)
    {
        var masks = parts.Masks.To(DType.Float32).ToArray<float>();
        var area = masks.Length / count;
        var areas = new int[count];
        for (var i = 0; i < area; i++)
        {
            areas[Enumerable.Range(0, count).MaxBy(k => masks[(k * area) + i])]++;
        }

        var order = Enumerable.Range(0, count).OrderByDescending(k => areas[k]).ToArray();
        return order[Math.Min(1, count - 1)];
    }

    /// <summary>Standard deviation of each dimension over the K components; 1 where there is only one, or all agree.</summary>
    private static double[] DeviationsOverComponents(float[] latents, int count, int size)
    {
        var deviations = new double[size];
        for (var d = 0; d < size; d++)
        {
            var column = Enumerable.Range(0, count).Select(k => (double)latents[(k * size) + d]).ToArray();
            var mean = column.Average();
            var deviation = Math.Sqrt(column.Average(value => (value - mean) * (value - mean)));
            deviations[d] = deviation > 0 ? deviation : 1;
        }

        return deviations;
    }

    private static double MeanVariance(List<float[]> scenes)
    {
        var total = 0.0;
        for (var i = 0; i < scenes[0].Length; i++)
        {
            double sum = 0, squares = 0;
            foreach (var scene in scenes)
            {
                sum += scene[i];
                squares += (double)scene[i] * scene[i];
            }

            total += (squares / scenes.Count) - (sum / scenes.Count * (sum / scenes.Count));
        }

        return Math.Max(0, total / scenes[0].Length);
    }
}
