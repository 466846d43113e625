using Scenograph.Data;
using Scenograph.Evaluation;
using Scenograph.Models;
using Scenograph.Reports;
using Scenograph.Reports.Pictures;
using Scenograph.Torch;
using Scenograph.Torch.Images;
using Scenograph.Training;

namespace Scenograph.Experiments.Discrete;

/// <summary>What is kept of a trained AIR or DAIR beside its pictures.</summary>
/// <param name="CountAccuracy">Share of the scenes whose number of things was right; null where it is not known.</param>
/// <param name="SquaredError">Summed over pixels, mean over scenes.</param>
/// <param name="NvilTerm">Σ (e − b) ln q(z_pres), e the mean squared error of a batch and b the baseline, which learned the scaled error: as published, indicative only. Null without a baseline.</param>
/// <param name="BoxIou">Mean over true things of the overlap of their box with the one paired with it; null where boxes are not known.</param>
/// <param name="CentreError">Mean distance of paired boxes' centres in pixels.</param>
/// <param name="ClassAccuracy">Share of the things that were found in a cluster of their class; null for AIR and where no class is known.</param>
/// <param name="Names">Class of each cluster, null for none; null where no class is known.</param>
/// <param name="Shape">C, H and W.</param>
/// <param name="Window">Rows and columns of a prototype.</param>
/// <param name="Curves">Of validations, over epochs.</param>
internal sealed record GlimpseResult(
    double? CountAccuracy, double SquaredError, double? NvilTerm, double? BoxIou, double? CentreError, double? ClassAccuracy, IReadOnlyList<string?>? Names, IReadOnlyList<int> Shape, int Window,
    IReadOnlyDictionary<string, IReadOnlyList<CurvePoint>> Curves)
{
    /// <summary>The published numbers by one pass over all scenes with drawn latents, in batches of 1000 whose means are averaged; what else is known from the evaluation.</summary>
    public static GlimpseResult Of(LoadedRun run, EvaluationSummary evaluation, IDataSet data)
    {
        var (error, nvil, count) = Published(run, data);
        var window = ((GlimpseModel.GlimpseOptions)run.Recipe.Model.Options).Window;
        return new(
            count, error, nvil, Mean(evaluation, MetricNames.BoxIou), Mean(evaluation, MetricNames.CentreError), Mean(evaluation, MetricNames.ClassAccuracy),
            evaluation.Naming is { } naming ? [.. naming.ClassOf.Select(one => one < 0 ? null : data.Classes[one])] : null,
            [data.Channels, data.Height, data.Width], window,
            EpochCurves.Of(run, MetricNames.OwnCountAccuracy, MetricNames.SquaredError));
    }

    private static (double Error, double? Nvil, double? CountAccuracy) Published(LoadedRun run, IDataSet data)
    {
        var model = (GlimpseModel)run.Model;
        var hasBaseline = ((GlimpseModel.GlimpseOptions)run.Recipe.Model.Options).Estimator is null;
        using var noise = NoiseSource.Seeded((ulong)run.Recipe.Training.Seed + 3, run.Device);
        var (errors, nvils, counts) = (new List<double>(), new List<double>(), new List<double>());
        foreach (var samples in SceneBatches.First(data, 0, DVaeResult.PublishedBatch))
        {
            using var scope = TensorScope.Begin();
            using var gradients = GradMode.Off();
            var images = SceneBatches.ToTensor(samples, run.Device);
            var output = model.Forward(images, noise, withBaseline: hasBaseline);
            var painted = (model.PaintAll(output) * output.Presence.Unsqueeze(-1).Unsqueeze(-1)).Sum([1]); // [B, C, H, W]
            var error = GlimpseModel.SquaredError(images, painted).Mean();
            errors.Add(error.ToDouble());
            if (output.Baseline is { } baseline) nvils.Add(((error - baseline) * output.LogPresence() * output.Mask).Sum([1]).Mean().ToDouble());
            if (samples.Any(sample => sample.Metadata?.Objects is null)) continue;
            var found = output.Presence.Sum([1, 2]).ToArray<float>();
            counts.Add(samples.Select((sample, i) => (int)MathF.Round(found[i]) == sample.Metadata!.Objects.Count ? 1.0 : 0).Average());
        }
        return (errors.Average(), nvils.Count > 0 ? nvils.Average() : null, counts.Count == errors.Count ? counts.Average() : null);
    }

    private static double? Mean(EvaluationSummary evaluation, string metric) => evaluation.Metrics.TryGetValue(metric, out var mean) && double.IsFinite(mean) ? mean : null;
}

/// <summary>Pictures of a trained AIR or DAIR, ready for a figure: those of <see cref="ShownPictures"/> with the windows that were attended to.</summary>
internal static class GlimpsePictures
{
    private const int Scale = 2;
    private const int BoxSize = 4;

    private static readonly Colour[] StepColours = [new(255, 0, 0), new(0, 255, 0), new(255, 255, 0), new(0, 0, 255), new(255, 0, 255)];

    /// <summary>Takes the shown scenes apart and keeps what a figure needs of them.</summary>
    public static void Save(ExperimentFolder folder, string key, LoadedRun run, IDataSet data)
    {
        var scenes = ModelEvaluation.Decompose(run.Decomposer, ShownPictures.Of(data), (ulong)run.Recipe.Training.Seed + 3, run.Device);
        long[] shape = [scenes.Count, data.Channels, data.Height, data.Width];
        long steps = scenes[0].Boxes!.Count;
        List<(string, float[], long[])> arrays =
        [
            ("inputs", [.. scenes.SelectMany(scene => scene.Image)], shape),
            ("reconstructions", [.. scenes.SelectMany(scene => scene.Reconstruction)], shape),
            ("boxes", [.. scenes.SelectMany(scene => scene.Boxes!).SelectMany(box => new float[] { box.Left, box.Top, box.Right, box.Bottom })], [scenes.Count, steps, BoxSize]),
            ("presence", [.. scenes.SelectMany(scene => scene.Present!).Select(one => one ? 1f : 0)], [scenes.Count, steps]),
        ];
        if (run.Model is Dair dair)
        {
            using var scope = TensorScope.Begin();
            using var gradients = GradMode.Off();
            var prototypes = dair.Prototypes();
            arrays.Add(("prototypes", prototypes.ToArray<float>(), [.. prototypes.Shape]));
        }
        folder.Save(key, arrays);
    }

    /// <summary>Two rows: input, and reconstruction with a frame a step around what it attended to.</summary>
    public static Image Windows(ExperimentFolder folder, string key, GlimpseResult result)
    {
        var arrays = folder.Load(key);
        var (boxes, presence) = (Of(arrays, folder, key, "boxes"), Of(arrays, folder, key, "presence"));
        var (inputs, painted) = (Enlarged("inputs"), Enlarged("reconstructions"));
        var steps = presence.Length / painted.Length;
        for (var i = 0; i < presence.Length; i++)
        {
            if (presence[i] <= 0.5f) continue;
            var box = boxes.AsSpan(i * BoxSize, BoxSize);
            // All four sides belong to a box: its last row is the last one of the enlarged row.
            Drawing.Frame(painted[i / steps], new(Scale * (int)box[0], Scale * (int)box[1], (Scale * (int)box[2]) + Scale - 1, (Scale * (int)box[3]) + Scale - 1), StepColours[i % steps % StepColours.Length]);
        }
        return TraversalFigure.Grid([inputs, painted], size: 1);

        Image[] Enlarged(string name) => [.. ShownPictures.ToImages(Of(arrays, folder, key, name), result.Shape[0], result.Shape[1], result.Shape[2]).Select(image => Drawing.Upscale(image, Scale))];
    }

    /// <summary>DAIR's, as they were kept.</summary>
    public static Image[] Prototypes(ExperimentFolder folder, string key, GlimpseResult result) =>
        ShownPictures.ToImages(Of(folder.Load(key), folder, key, "prototypes"), result.Shape[0], result.Window, result.Window);

    private static float[] Of(IReadOnlyDictionary<string, float[]> arrays, ExperimentFolder folder, string key, string name) =>
        arrays.GetValueOrDefault(name) ?? throw new InputException($"{folder.FolderPath}: {key}.safetensors holds no {name} of AIR or DAIR");
}
