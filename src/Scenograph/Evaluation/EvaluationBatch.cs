using Scenograph.Data;

namespace Scenograph.Evaluation;

/// <summary>What a model made of B scenes and what the scenes really are: host memory, all arrays row-major.</summary>
public sealed record EvaluationBatch
{
    /// <summary>B scenes.</summary>
    public required int BatchSize { get; init; }

    /// <summary>K masks a scene, at most 255.</summary>
    public required int Components { get; init; }

    /// <summary>C colour channels.</summary>
    public required int Channels { get; init; }

    /// <summary>H rows.</summary>
    public required int Height { get; init; }

    /// <summary>W columns.</summary>
    public required int Width { get; init; }

    /// <summary>[B], the scenes' places in their data set.</summary>
    public required int[] Indices { get; init; }

    /// <summary>[B, C, H, W], the model's reconstruction.</summary>
    public required float[] PredictedImages { get; init; }

    /// <summary>[B, K, H, W], soft or hard.</summary>
    public required float[] PredictedMasks { get; init; }

    /// <summary>[B, C, H, W], values in [0, 1].</summary>
    public required float[] TrueImages { get; init; }

    /// <summary>[B, H, W], 0 background, 1.. objects; null where the data set has no masks, then only the image errors are measured.</summary>
    public byte[]? TrueLabels { get; init; }

    /// <summary>
    /// T, number of true masks where the data set declares it, background included; null: the batch's highest label plus 1.
    /// Fewer than that is ignored.
    /// </summary>
    public int? TrueMaskCount { get; init; }

    /// <summary>[B], what is known of each scene's objects; null, or null entries, where nothing is.</summary>
    public IReadOnlyList<SceneMetadata?>? Metadata { get; init; }

    /// <summary>[B, T], whether each true mask exists; null: all T do. Only the validation metrics read it; needs <see cref="TrueMaskCount"/>.</summary>
    public bool[]? TrueVisible { get; init; }

    /// <summary>[B, K], presence in [0, 1] of each mask as models with boxes predict it; null: all present.</summary>
    public float[]? PredictedPresence { get; init; }

    /// <summary>[B], number of objects that the model itself reports, or null.</summary>
    public int[]? PredictedCounts { get; init; }

    /// <summary>[B, K, 4], left, top, right, bottom of each component in pixels, or null.</summary>
    public float[]? PredictedBoxes { get; init; }

    /// <summary>[B, K], cluster that each component is in, or null.</summary>
    public int[]? PredictedClusters { get; init; }

    /// <summary>[B, K, H, W], masks weighted by depth order, or null (validation metric <c>w_mse</c>).</summary>
    public float[]? WeightedMasks { get; init; }

    /// <summary>[B, C, H, W], the image expected over the model's discrete choices, or null (validation metric <c>mc_mse</c>).</summary>
    public float[]? ExpectedImages { get; init; }

    internal int Pixels => Height * Width;

    internal int ImageSize => Channels * Height * Width;

    /// <summary>T of <see cref="TrueMaskCount"/>, resolved.</summary>
    internal int CountTrueMasks() => Math.Max(TrueMaskCount ?? 0, (TrueLabels is { Length: > 0 } labels ? labels.Max() : 0) + 1);

    /// <exception cref="ArgumentException">A size is out of range or an array has another length than the sizes say.</exception>
    internal void Check()
    {
        if (BatchSize < 0 || Components is < 1 or > 255 || Channels < 1 || Height < 1 || Width < 1)
        {
            throw new ArgumentException($"A batch of {BatchSize} scenes, {Components} masks, {Channels} channels, {Height} rows and {Width} columns cannot be evaluated: masks go from 1 to 255, the others from 1.");
        }

        if (TrueMaskCount is < 1 or > 256)
        {
            throw new ArgumentException($"TrueMaskCount is {TrueMaskCount}; it goes from 1 to 256.");
        }

        Expect(nameof(Indices), Indices.Length, BatchSize);
        Expect(nameof(PredictedImages), PredictedImages.Length, BatchSize, ImageSize);
        Expect(nameof(TrueImages), TrueImages.Length, BatchSize, ImageSize);
        Expect(nameof(PredictedMasks), PredictedMasks.Length, BatchSize, Components, Pixels);
        Expect(nameof(TrueLabels), TrueLabels?.Length, BatchSize, Pixels);
        Expect(nameof(Metadata), Metadata?.Count, BatchSize);
        Expect(nameof(PredictedPresence), PredictedPresence?.Length, BatchSize, Components);
        Expect(nameof(PredictedCounts), PredictedCounts?.Length, BatchSize);
        Expect(nameof(PredictedBoxes), PredictedBoxes?.Length, BatchSize, Components, 4);
        Expect(nameof(PredictedClusters), PredictedClusters?.Length, BatchSize, Components);
        Expect(nameof(WeightedMasks), WeightedMasks?.Length, BatchSize, Components, Pixels);
        Expect(nameof(ExpectedImages), ExpectedImages?.Length, BatchSize, ImageSize);
        if (TrueVisible is not null)
        {
            Expect(nameof(TrueVisible), TrueVisible.Length, BatchSize, TrueMaskCount ?? throw new ArgumentException("TrueVisible needs TrueMaskCount."));
        }
    }

    private static void Expect(string name, int? length, params ReadOnlySpan<int> shape)
    {
        var expected = 1L;
        foreach (var size in shape)
        {
            expected *= size;
        }

        if (length is { } actual && actual != expected)
        {
            throw new ArgumentException($"{name} has {actual} values, its shape [{string.Join(", ", shape.ToArray())}] needs {expected}.");
        }
    }
}
