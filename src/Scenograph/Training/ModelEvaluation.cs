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
    /// <param name="stop">Ends the work early, by an exception.</param>
    public static EvaluationSummary Measure(DecompositionModel model, IDataSet data, int images, int batch, ulong seed, Device device, CancellationToken stop = default)
    {
        var evaluator = new BenchmarkEvaluator(model.MasksHaveBackground);
        using var noise = NoiseSource.Seeded(seed, device);
        InEvaluationMode(model, () =>
        {
            foreach (var samples in SceneBatches.First(data, images, batch))
            {
                stop.ThrowIfCancellationRequested();
                evaluator.Add(ToBatch(model, samples, noise, device));
            }
        });
        return evaluator.Summarise();
    }

    /// <summary>Takes scenes apart and brings everything a figure needs to the host.</summary>
    public static IReadOnlyList<SceneDecomposition> Decompose(DecompositionModel model, IReadOnlyList<Sample> samples, ulong seed, Device device)
    {
        using var noise = NoiseSource.Seeded(seed, device);
        var scenes = new List<SceneDecomposition>();
        InEvaluationMode(model, () =>
        {
            using var scope = TensorScope.Begin();
            using var off = GradMode.Off(); // not inference mode: some models refine by gradients
            var result = model.Decompose(SceneBatches.ToTensor(samples, device), noise);
            var reconstructions = result.Reconstruction.ToArray<float>();
            var components = result.Components.ToArray<float>();
            var masks = result.Masks.ToArray<float>();
            for (var i = 0; i < samples.Count; i++)
            {
                scenes.Add(new()
                {
                    Channels = samples[i].Channels,
                    Height = samples[i].Height,
                    Width = samples[i].Width,
                    Image = samples[i].Image,
                    Reconstruction = Part(reconstructions, i, samples.Count),
                    Components = Part(components, i, samples.Count),
                    Masks = Part(masks, i, samples.Count),
                    MasksHaveBackground = model.MasksHaveBackground,
                    TrueLabels = samples[i].Labels,
                });
            }
        });
        return scenes;
    }

    private static EvaluationBatch ToBatch(DecompositionModel model, IReadOnlyList<Sample> samples, NoiseSource noise, Device device)
    {
        using var scope = TensorScope.Begin();
        using var off = GradMode.Off(); // not inference mode: some models refine by gradients
        var images = SceneBatches.ToTensor(samples, device);
        var result = model.Decompose(images, noise);
        var labels = samples.All(sample => sample.Labels is not null) ? samples.SelectMany(sample => sample.Labels!).ToArray() : null;
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

    private static float[] Part(float[] values, int index, int count)
    {
        var size = values.Length / count;
        return values.AsSpan(index * size, size).ToArray();
    }
}
