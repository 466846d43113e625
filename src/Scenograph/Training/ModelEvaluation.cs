using Scenograph.Data;
using Scenograph.Evaluation;
using Scenograph.Models;
using Scenograph.Reports.Pictures;
using Scenograph.Torch;

namespace Scenograph.Training;

/// <summary>Measures a decomposition model on a data set, and takes scenes apart for figures.</summary>
public static class ModelEvaluation
{
    /// <summary>Decomposes the first scenes of a set and measures them as the ClevrTex benchmark does.</summary>
    /// <param name="model">The model; its mode is put back afterwards.</param>
    /// <param name="data">Scenes with masks.</param>
    /// <param name="images">How many; 0: all.</param>
    /// <param name="batch">Scenes a forward pass.</param>
    /// <param name="seed">Seed of the model's noise.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="components">K, if not the training's.</param>
    /// <param name="stop">Ends the work early, by an exception.</param>
    /// <exception cref="InputException">The model takes no other number of components.</exception>
    public static EvaluationSummary Measure(DecompositionModel model, IDataSet data, int images, int batch, ulong seed, Device device, int? components = null, CancellationToken stop = default)
    {
        CheckComponents(model, components);
        var evaluator = new BenchmarkEvaluator(model.MasksHaveBackground);
        ObjectEvaluator? objects = null;
        var bounds = new List<(float, float)>();
        using var noise = NoiseSource.Seeded(seed, device);
        InEvaluationMode(model, () =>
        {
            foreach (var samples in SceneBatches.First(data, images, batch))
            {
                stop.ThrowIfCancellationRequested();
                var batch = ToBatch(model, samples, noise, device, components, out var clusters);
                evaluator.Add(batch);
                objects ??= new(data.Classes, clusters);
                objects.Add(batch);
                if (model is IBounded bounded) bounds.AddRange(Bounds(bounded, samples, noise, device));
            }
        });
        var summary = WithBounds(evaluator.Summarise(), bounds);
        return objects?.Complete(summary) ?? summary;
    }

    /// <summary>Takes scenes apart and brings everything a figure needs to the host.</summary>
    /// <inheritdoc cref="Measure"/>
    public static IReadOnlyList<SceneDecomposition> Decompose(DecompositionModel model, IReadOnlyList<Sample> samples, ulong seed, Device device, int? components = null)
    {
        CheckComponents(model, components);
        using var noise = NoiseSource.Seeded(seed, device);
        var scenes = new List<SceneDecomposition>();
        InEvaluationMode(model, () =>
        {
            using var scope = TensorScope.Begin();
            using var gradients = GradMode.Off(); // not inference mode: some models need gradients inside
            var result = model.Decompose(SceneBatches.ToTensor(samples, device), noise, components);
            var reconstructions = result.Reconstruction.ToArray<float>();
            var pictures = result.Components.ToArray<float>();
            var masks = result.Masks.ToArray<float>();
            var latents = result.Latents.ToDictionary(latent => latent.Key, latent => latent.Value.ToArray<float>());
            var (presence, boxes) = (result.Presence?.ToArray<float>(), result.Boxes?.ToArray<float>());
            for (var i = 0; i < samples.Count; i++)
            {
                scenes.Add(new()
                {
                    Channels = samples[i].Channels,
                    Height = samples[i].Height,
                    Width = samples[i].Width,
                    Image = samples[i].Image,
                    Reconstruction = Part(reconstructions, i, samples.Count),
                    Components = Part(pictures, i, samples.Count),
                    Masks = Part(masks, i, samples.Count),
                    MasksHaveBackground = model.MasksHaveBackground,
                    Latents = latents.ToDictionary(latent => latent.Key, latent => Part(latent.Value, i, samples.Count)),
                    TrueLabels = samples[i].Labels,
                    Present = presence is null ? null : [.. Part(presence, i, samples.Count).Select(one => one > 0.5f)],
                    Boxes = boxes is null ? null : [.. Part(boxes, i, samples.Count).Chunk(4).Select(box => BoxOf(box, samples[i].Width, samples[i].Height))],
                });
            }
        });
        return scenes;
    }

    /// <summary>Refuses a number of components that the model cannot use.</summary>
    /// <param name="model">The model.</param>
    /// <param name="components">K, or null for the training's.</param>
    /// <exception cref="InputException">It takes its own number only, or there are too many to be measured.</exception>
    public static void CheckComponents(DecompositionModel model, int? components)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (components is < 1 or > byte.MaxValue)
        {
            throw new InputException($"{components} components were asked for; 1 to {byte.MaxValue} can be measured");
        }

        if (components is { } count && count != model.Components && !model.TakesAnyNumberOfComponents)
        {
            throw new InputException($"this {model.Name} takes scenes apart into exactly {model.Components} components, the number it was trained with; it cannot use {count}");
        }
    }

    private static List<(float, float)> Bounds(IBounded model, IReadOnlyList<Sample> samples, NoiseSource noise, Device device)
    {
        using var scope = TensorScope.Begin();
        using var gradients = GradMode.Off();
        var (nll, divergence) = model.Bound(SceneBatches.ToTensor(samples, device), noise);
        return [.. nll.ToArray<float>().Zip(divergence.ToArray<float>())];
    }

    private static EvaluationSummary WithBounds(EvaluationSummary summary, List<(float Likelihood, float Divergence)> bounds) => bounds.Count == 0 ? summary
        : new([.. summary.PerImage.Select((image, i) => image with
        {
            Values = new OrderedDictionary<string, double>(image.Values) { [MetricNames.NegativeLogLikelihood] = bounds[i].Likelihood, [MetricNames.Divergence] = bounds[i].Divergence },
        })]);

    private static EvaluationBatch ToBatch(DecompositionModel model, IReadOnlyList<Sample> samples, NoiseSource noise, Device device, int? components, out int clusters)
    {
        using var scope = TensorScope.Begin();
        using var gradients = GradMode.Off(); // not inference mode: some models need gradients inside
        var images = SceneBatches.ToTensor(samples, device);
        var result = model.Decompose(images, noise, components);
        var labels = samples.All(sample => sample.Labels is not null) ? samples.SelectMany(sample => sample.Labels!).ToArray() : null;
        clusters = (int)(result.ClusterLogits?.Size(2) ?? 0);
        return new()
        {
            BatchSize = samples.Count,
            Components = (int)result.Masks.Size(1),
            Channels = samples[0].Channels,
            Height = samples[0].Height,
            Width = samples[0].Width,
            Indices = [.. samples.Select(sample => sample.Index)],
            PredictedImages = result.Reconstruction.ToArray<float>(),
            PredictedMasks = result.Masks.ToArray<float>(),
            TrueImages = SceneBatches.ToArray(samples),
            TrueLabels = labels,
            Metadata = [.. samples.Select(sample => sample.Metadata)],
            PredictedPresence = result.Presence?.ToArray<float>(),
            PredictedBoxes = result.Boxes?.ToArray<float>(),
            PredictedCounts = result.Counts is { } counts ? [.. counts.ToArray<float>().Select(count => (int)MathF.Round(count))] : null,
            PredictedClusters = result.ClusterLogits is { } logits ? [.. logits.Argmax(-1).ToArray<long>().Select(cluster => (int)cluster)] : null,
        };
    }

    private static void InEvaluationMode(Model model, Action action)
    {
        var wasTraining = model.IsTraining;
        model.Eval();
        try
        {
            action();
        }
        finally
        {
            model.Train(wasTraining);
        }
    }

    /// <summary>The part of a box that is in the picture.</summary>
    private static Box BoxOf(float[] sides, int width, int height)
    {
        static int Within(float side, int size) => float.IsNaN(side) ? 0 : (int)Math.Clamp(side, 0, size - 1);
        return new(Within(sides[0], width), Within(sides[1], height), Within(sides[2] - 1, width), Within(sides[3] - 1, height));
    }

    private static float[] Part(float[] values, int index, int count)
    {
        var size = values.Length / count;
        return values.AsSpan(index * size, size).ToArray();
    }
}
