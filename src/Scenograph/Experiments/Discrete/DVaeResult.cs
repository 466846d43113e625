using Scenograph.Data;
using Scenograph.Evaluation;
using Scenograph.Models;
using Scenograph.Reports;
using Scenograph.Torch;
using Scenograph.Training;

namespace Scenograph.Experiments.Discrete;

/// <summary>What is kept of a trained D-VAE beside its pictures.</summary>
/// <param name="NegativeLogLikelihood">Mean over batches of 1000 of the mean over pictures, in nats, with a drawn class and transform.</param>
/// <param name="Divergence">Likewise, of class and transform.</param>
/// <param name="Accuracy">Share of the pictures whose cluster has their class; null where no class is known.</param>
/// <param name="EmptyClusters">Clusters that no picture is in (the original counts them only where there are more clusters than classes); null where no class is known.</param>
/// <param name="UnnamedClasses">Classes that no cluster stands for; null where no class is known.</param>
/// <param name="Names">Class of each cluster, null for none; null where no class is known.</param>
/// <param name="Shape">C, H and W.</param>
/// <param name="Curves">Of validations, over epochs.</param>
internal sealed record DVaeResult(
    double NegativeLogLikelihood, double Divergence, double? Accuracy, int? EmptyClusters, int? UnnamedClasses, IReadOnlyList<string?>? Names, IReadOnlyList<int> Shape,
    IReadOnlyDictionary<string, IReadOnlyList<CurvePoint>> Curves)
{
    /// <summary>Pictures that the published evaluation takes at a time.</summary>
    public const int PublishedBatch = 1000;

    /// <summary>−bound, to choose by where no class is known.</summary>
    public double NegativeBound => NegativeLogLikelihood + Divergence;

    /// <summary>Numbers of an evaluation.</summary>
    public static DVaeResult Of(LoadedRun run, EvaluationSummary evaluation, IDataSet data)
    {
        var naming = evaluation.Naming;
        return new(
            MeanOfBatchMeans(evaluation, MetricNames.NegativeLogLikelihood), MeanOfBatchMeans(evaluation, MetricNames.Divergence),
            naming?.Accuracy, naming?.EmptyClusters, naming?.UnnamedClasses,
            naming is null ? null : [.. naming.ClassOf.Select(one => one < 0 ? null : data.Classes[one])],
            [data.Channels, data.Height, data.Width],
            EpochCurves.Of(run, MetricNames.ClassAccuracy, MetricNames.NegativeLogLikelihood));
    }

    /// <summary>A short last batch counts as much as the others.</summary>
    private static double MeanOfBatchMeans(EvaluationSummary evaluation, string metric) =>
        evaluation.PerImage.Select(image => image.Values[metric]).Chunk(PublishedBatch).Average(batch => batch.Average());
}

/// <summary>Pictures of a trained D-VAE, as planes of numbers row by row; [7, ..] are of the pictures of <see cref="ShownPictures"/>.</summary>
/// <param name="Prototypes">[K, C, H, W]</param>
/// <param name="Inputs">[7, C, H, W]</param>
/// <param name="Pictures">Prototypes of the classes that were drawn for them, [7, C, H, W].</param>
/// <param name="Reconstructions">[7, C, H, W]</param>
/// <param name="Traversal">The first of <paramref name="Pictures"/> with each number of the transform changed alone, [T, V, C, H, W]; null without a transform.</param>
internal sealed record DVaePictures(float[] Prototypes, float[] Inputs, float[] Pictures, float[] Reconstructions, float[]? Traversal)
{
    /// <summary>What is added to a number of the transform that changes nothing.</summary>
    public static readonly IReadOnlyList<double> Changes = [-0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6];

    /// <summary>Paints them.</summary>
    public static DVaePictures Of(LoadedRun run, IDataSet data)
    {
        using var scope = TensorScope.Begin();
        using var gradients = GradMode.Off();
        using var noise = NoiseSource.Seeded((ulong)run.Recipe.Training.Seed + 3, run.Device);
        var model = (DVae)run.Model;
        var images = SceneBatches.ToTensor(ShownPictures.Of(data), run.Device);
        var output = model.Forward(images, noise);
        return new(model.Prototypes().ToArray<float>(), images.ToArray<float>(), output.Picture.ToArray<float>(), output.Reconstruction.ToArray<float>(),
            model.IsTransformed ? Traverse(model, output.Code.Narrow(0, 0, 1).ToArray<float>(), run.Device) : null);
    }

    public static DVaePictures Load(ExperimentFolder folder, string key)
    {
        var arrays = folder.Load(key);
        float[] Of(string name) => arrays.GetValueOrDefault(name) ?? throw new InputException($"{folder.FolderPath}: {key}.safetensors holds no pictures of a D-VAE");
        return new(Of("prototypes"), Of("inputs"), Of("pictures"), Of("reconstructions"), arrays.GetValueOrDefault("traversal"));
    }

    public void Save(ExperimentFolder folder, string key, IReadOnlyList<int> shape)
    {
        long[] picture = [shape[0], shape[1], shape[2]];
        (string, float[], long[]) Array(string name, float[] values) => (name, values, [values.Length / (picture[0] * picture[1] * picture[2]), .. picture]);
        (string, float[], long[])[] arrays = [Array("prototypes", Prototypes), Array("inputs", Inputs), Array("pictures", Pictures), Array("reconstructions", Reconstructions)];
        folder.Save(key, Traversal is null ? arrays : [.. arrays, ("traversal", Traversal, [Traversal.Length / (Changes.Count * picture[0] * picture[1] * picture[2]), Changes.Count, .. picture])]);
    }

    private static float[] Traverse(DVae model, float[] code, Device device)
    {
        var latents = new List<float>();
        var numbers = model.IdentityTransform.Count;
        for (var number = 0; number < numbers; number++)
        {
            foreach (var change in Changes)
            {
                float[] transform = [.. model.IdentityTransform];
                transform[number] += (float)change;
                latents.AddRange([.. code, .. transform]);
            }
        }
        return model.Decode(Tensor.From(latents.ToArray(), [numbers * Changes.Count, 1, code.Length + numbers], device)).Reconstruction.ToArray<float>();
    }
}
