using Scenograph.Evaluation;

namespace Scenograph.Tests.Unit.Evaluation;

/// <summary>Small batches for tests of the metrics.</summary>
internal static class Scenes
{
    /// <summary>Scenes of one row of pixels; grey images that differ by 0.5 everywhere; masks are hard.</summary>
    public static EvaluationBatch Of(int components, params (byte[] Truth, byte[] Predicted)[] scenes)
    {
        var width = scenes[0].Truth.Length;
        return new EvaluationBatch
        {
            BatchSize = scenes.Length,
            Components = components,
            Channels = 1,
            Height = 1,
            Width = width,
            Indices = [.. Enumerable.Range(0, scenes.Length)],
            PredictedImages = new float[scenes.Length * width],
            TrueImages = [.. Enumerable.Repeat(0.5f, scenes.Length * width)],
            PredictedMasks = [.. scenes.SelectMany(scene => OneHot(scene.Predicted, components))],
            TrueLabels = [.. scenes.SelectMany(scene => scene.Truth)],
        };
    }

    /// <summary>Scores of one scene. It is measured twice in a batch of two, since the original treats a batch of one otherwise.</summary>
    public static IReadOnlyDictionary<string, double> Measure(int components, byte[] truth, byte[] predicted) =>
        new BenchmarkEvaluator(masksHaveBackground: true).Measure(Of(components, (truth, predicted), (truth, predicted)))[0].Scores.Values;

    /// <summary>Random images, soft masks and blocky true labels.</summary>
    public static EvaluationBatch Random(int seed, int scenes = 3, int components = 5, int trueMasks = 5, int side = 12)
    {
        var random = new Random(seed);
        var pixels = side * side;
        return new EvaluationBatch
        {
            BatchSize = scenes,
            Components = components,
            Channels = 3,
            Height = side,
            Width = side,
            Indices = [.. Enumerable.Range(0, scenes)],
            PredictedImages = Uniform(scenes * 3 * pixels),
            TrueImages = Uniform(scenes * 3 * pixels),
            PredictedMasks = Uniform(scenes * components * pixels),
            TrueLabels = [.. Enumerable.Range(0, scenes * pixels).Select(pixel => (byte)(pixel < trueMasks ? pixel : random.Next(trueMasks)))],
        };

        float[] Uniform(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
    }

    /// <summary>[K, pixels]</summary>
    public static float[] OneHot(byte[] labels, int components)
    {
        var masks = new float[components * labels.Length];
        for (var pixel = 0; pixel < labels.Length; pixel++)
        {
            masks[labels[pixel] * labels.Length + pixel] = 1;
        }

        return masks;
    }
}
